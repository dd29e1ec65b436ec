-- Everything behind a block that was lifted is due. A statement of its own, so that it sees what was blocked while the
-- lifting waited for the workflow's row.
update workflows_submissionrecord s
   set state = case when s.filed is null then 'waiting' else 'filed' end, due_at = now(), tries = 0,
       passing_since = null
 where s.workflow_id = %(workflow)s
   and s.state = 'blocked'
   and s.blocked_scope in ('workflow', 'suspect')
   and not s.attempt_open
