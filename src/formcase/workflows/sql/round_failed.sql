update workflows_serviceworkflow
   set watch_problem = %(problem)s, watch_problem_since = coalesce(watch_problem_since, now()),
       next_round_at = %(next_round)s
 where id = %(workflow)s
returning watch_problem_since = now() as first
