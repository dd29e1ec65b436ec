select (select oid::bigint from pg_database where datname = current_database()) as database,
       last_value as line
  from workflows_logentry_id_seq
