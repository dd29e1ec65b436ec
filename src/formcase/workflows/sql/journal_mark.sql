select last_value as line from workflows_logentry_id_seq
