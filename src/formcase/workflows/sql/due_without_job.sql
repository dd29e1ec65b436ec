-- Submissions that are due, or whose attempt was lost, and that no job will bring forward now. Open, not behind a block
-- and without a time is due: so was left what a block was lifted from in the very moment in which it was set aside.
select s.id
  from workflows_submissionrecord s
  join workflows_serviceworkflow w on w.id = s.workflow_id
 where s.state not in ('imported', 'withdrawn', 'handled')
   and w.enabled and w.deleted_at is null
   and (w.blocked_since is null or w.probe_submission = s.id or s.filed is not null)
   and case when s.attempt_open then s.attempt_started_at <= now() - interval '5 seconds'
            else coalesce(s.due_at, '-infinity') <= now() - interval '1 second'
       end
   and not exists (
        select 1 from procrastinate_jobs j
         where j.status = 'todo' and j.queueing_lock = 'submission:' || s.id
           and (j.scheduled_at is null or j.scheduled_at <= now())
   )
   and not exists (select 1 from procrastinate_jobs j where j.status = 'doing' and j.lock = 'submission:' || s.id)
 order by s.due_at nulls first
 limit %(limit)s
