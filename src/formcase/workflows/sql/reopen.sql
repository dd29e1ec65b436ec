-- Take up again what the form service still, or again, lists as open.
update workflows_submissionrecord
   set state = case when filed is null then 'waiting' else 'filed' end,
       workflow_id = %(workflow)s,
       ended_at = null,
       due_at = now()
 where id = %(key)s
   and not attempt_open
