update workflows_serviceworkflow
   set last_round_at = now(), next_round_at = %(next_round)s, watch_problem = null, watch_problem_since = null,
       left_alone = %(left_alone)s, refused_forms = %(refused)s
 where id = %(workflow)s
