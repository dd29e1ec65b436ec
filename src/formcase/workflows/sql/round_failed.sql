-- A round failed. The next one comes soon at first and later the longer it fails, at the latest when a round would be
-- due anyway; never before the time that the form service asked for.
update workflows_serviceworkflow
   set watch_problem = %(problem)s,
       watch_problem_since = coalesce(watch_problem_since, now()),
       next_round_at = greatest(
           %(not_before)s,
           least(%(next_round)s, now() + greatest(interval '2 seconds', now() - coalesce(watch_problem_since, now())))
       )
 where id = %(workflow)s
returning watch_problem_since = now() as first, next_round_at
