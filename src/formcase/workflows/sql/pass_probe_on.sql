-- The submission that tried for its blocked workflow got nowhere either: another one tries next, when the wait is over.
update workflows_serviceworkflow
   set probe_submission = null, probe_due = %(due)s
 where id = %(workflow)s and blocked_since is not null and probe_submission = %(key)s
