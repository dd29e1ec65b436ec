-- The journal may be older than the ends: whatever is open is looked up at the case system before it is written.
update workflows_submissionrecord
   set look_first = true, due_at = case when attempt_open then due_at else now() end
 where state in ('waiting', 'blocked') and (%(workflow)s::bigint is null or workflow_id = %(workflow)s::bigint)
