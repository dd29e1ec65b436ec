-- Something was filed: what blocked the whole workflow works again, and whoever is suspected was not the setup's victim.
update workflows_serviceworkflow w
   set blocked_since = null, blocked_reason = null, probe_submission = null, probe_due = null, probe_tries = 0,
       suspects = 0
  from (
        select id, blocked_since is not null as blocked from workflows_serviceworkflow
         where id = %(workflow)s and (blocked_since is not null or suspects > 0)
           for no key update
       ) as before
 where w.id = before.id
returning before.blocked
