update workflows_serviceworkflow
   set blocked_since = coalesce(blocked_since, now()), blocked_reason = %(reason)s, probe_submission = null,
       probe_due = %(due)s, probe_tries = probe_tries + 1
 where id = %(workflow)s
