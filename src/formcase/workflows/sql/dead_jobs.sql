-- Jobs of workers that gave no sign of life. They go: a job is only a nudge, and what it was about is found to be without
-- one. A worker that wakes up after all finds neither its job nor its attempt.
delete from procrastinate_jobs
 where id in (
    select j.id
      from procrastinate_jobs j
      left join procrastinate_workers w on w.id = j.worker_id
     where j.status = 'doing'
       and (w.id is null or w.last_heartbeat < now() - make_interval(secs => %(dead_after)s))
       for update of j skip locked
 )
returning id, task_name
