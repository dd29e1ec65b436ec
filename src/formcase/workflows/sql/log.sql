insert into workflows_logentry (at, workflow_id, submission_id, attempt, level, event, message, duration)
values (clock_timestamp(), %(workflow)s, %(key)s, %(attempt)s, %(level)s, %(event)s, %(message)s, %(duration)s)
