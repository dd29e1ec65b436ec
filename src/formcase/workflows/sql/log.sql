insert into workflows_logentry (
    at, workflow_id, submission_id, attempt, level, event, message, duration, search, form_id
)
values (
    clock_timestamp(), %(workflow)s, %(key)s, %(attempt)s, %(level)s, %(event)s, %(message)s, %(duration)s,
    workflows_log_words(%(words)s),
    coalesce((select s.form_id from workflows_submissionrecord s where s.id = %(key)s), '')
)
