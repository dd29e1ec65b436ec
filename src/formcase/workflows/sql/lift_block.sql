-- Something was filed: what blocked the whole workflow works again, and everything behind the block is due.
with reset as (
    update workflows_serviceworkflow set suspects = 0
     where id = %(workflow)s and blocked_since is null and suspects > 0
), lifted as (
    update workflows_serviceworkflow
       set blocked_since = null, blocked_reason = null, probe_submission = null, probe_due = null, probe_tries = 0,
           suspects = 0
     where id = %(workflow)s and blocked_since is not null
    returning id
)
update workflows_submissionrecord s
   set state = case when s.filed is null then 'waiting' else 'filed' end, due_at = now(), tries = 0,
       passing_since = null
  from lifted
 where s.workflow_id = lifted.id
   and s.state = 'blocked'
   and s.blocked_scope in ('workflow', 'suspect')
   and not s.attempt_open
