-- Attempts that no job carries on any more, whatever their workflow is like: as long as they are open they hold what
-- they have claimed, and others wait for that.
update workflows_submissionrecord
   set attempt_open = false, due_at = now()
 where id in (
    select s.id
      from workflows_submissionrecord s
     where s.attempt_open
       and s.state not in ('imported', 'withdrawn', 'handled')  -- none of these is open; the index leaves them out
       and s.attempt_started_at <= now() - make_interval(secs => %(begun_before)s)
       and not exists (select 1 from procrastinate_jobs j where j.status = 'doing' and j.lock = 'submission:' || s.id)
       for no key update of s skip locked
 )
returning id, workflow_id, attempt
