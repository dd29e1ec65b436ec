-- One that had failed got through: what waits for the same reason is due. Those that another one brings forward in this
-- very moment are left to it.
update workflows_submissionrecord
   set due_at = now()
 where id in (
    select s.id
      from workflows_submissionrecord s
     where s.workflow_id = %(workflow)s
       and s.state in ('waiting', 'filed')
       and s.passing_since is not null
       and not s.attempt_open
       and s.due_at > now()
       for no key update skip locked
 )
