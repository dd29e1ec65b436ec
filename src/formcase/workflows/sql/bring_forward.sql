-- The job that waits already must not wait longer than this. No time: at once.
update procrastinate_jobs
   set scheduled_at = %(at)s
 where queueing_lock = %(name)s and status = 'todo' and scheduled_at > coalesce(%(at)s, now())
