-- Submissions that are due, or whose attempt was lost, and that no job will bring forward.
select s.id
  from workflows_submissionrecord s
  join workflows_serviceworkflow w on w.id = s.workflow_id
 where s.state not in ('imported', 'withdrawn', 'handled')
   and w.enabled and w.deleted_at is null and (w.blocked_since is null or w.probe_submission = s.id)
   and (s.due_at <= now() - interval '1 second' or s.attempt_open)
   and not exists (select 1 from procrastinate_jobs j where j.status = 'todo' and j.queueing_lock = 'submission:' || s.id)
   and not exists (select 1 from procrastinate_jobs j where j.status = 'doing' and j.lock = 'submission:' || s.id)
 order by s.due_at nulls first
 limit %(limit)s
