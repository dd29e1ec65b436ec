-- For each blocked workflow whose probe is due, the submission that was tried longest ago tries for all; not while the
-- one that was chosen before is still at it.
with due as (
    select w.id from workflows_serviceworkflow w
     where w.blocked_since is not null and w.enabled and w.deleted_at is null and w.probe_due <= now()
       and not exists (
            select 1 from workflows_submissionrecord p where p.id = w.probe_submission and p.attempt_open
       )
       for no key update of w skip locked
), chosen as (
    select due.id as workflow_id, (
        select s.id from workflows_submissionrecord s
         where s.workflow_id = due.id and s.state = 'blocked' and s.blocked_scope <> 'submission' and not s.attempt_open
         order by s.attempt_started_at nulls first, s.id
         limit 1
    ) as submission_id
      from due
)
update workflows_serviceworkflow w
   set probe_submission = chosen.submission_id,
       probe_due = now() + interval '60 seconds',
       blocked_since = case when chosen.submission_id is null then null else w.blocked_since end,
       blocked_reason = case when chosen.submission_id is null then null else w.blocked_reason end
  from chosen
 where w.id = chosen.workflow_id
returning w.probe_submission
