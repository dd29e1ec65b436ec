-- Submissions that are due and that no job will bring forward now. Open, not behind a block and without a time is due:
-- so was left what a block was lifted from in the very moment in which it was set aside. Behind a block, what is not
-- set aside yet, or of which the form service was not told yet, gets a job for just that.
select s.id
  from workflows_submissionrecord s
  join workflows_serviceworkflow w on w.id = s.workflow_id
 where s.state not in ('imported', 'withdrawn', 'handled')
   and not s.attempt_open
   and w.enabled and w.deleted_at is null
   and (
        w.blocked_since is null or w.probe_submission = s.id or s.filed is not null
        or s.state = 'waiting' or not s.blocked_reported
   )
   and coalesce(s.due_at, '-infinity') <= now() - interval '1 second'
   and not exists (
        select 1 from procrastinate_jobs j
         where j.status = 'todo' and j.queueing_lock = 'submission:' || s.id
           and (j.scheduled_at is null or j.scheduled_at <= now())
   )
   and not exists (select 1 from procrastinate_jobs j where j.status = 'doing' and j.lock = 'submission:' || s.id)
 order by s.due_at nulls first
 limit %(limit)s
