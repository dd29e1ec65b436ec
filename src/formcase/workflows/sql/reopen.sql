-- Take up again what the form service still, or again, lists as open.
update workflows_submissionrecord s
   set state = case when filed is null then 'waiting' else 'filed' end,
       workflow_id = %(workflow)s,
       ended_at = null,
       due_at = now()
 where id = %(key)s
   and (
        state = 'withdrawn'
        or (state = 'imported' and filed is not null)
        or (
            state not in ('imported', 'handled')
            and exists (select 1 from workflows_serviceworkflow w where w.id = s.workflow_id and w.deleted_at is not null)
        )
   )
returning id
