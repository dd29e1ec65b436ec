-- Few submissions are open at any time, and they have an index of their own.
select count(*) filter (where s.state <> 'blocked'),
       min(s.recorded_at) filter (where s.state <> 'blocked'),
       count(*) filter (where s.state = 'blocked'),
       min(s.blocked_since) filter (where s.state = 'blocked')
  from workflows_submissionrecord s
 where s.state not in ('imported', 'withdrawn', 'handled')
