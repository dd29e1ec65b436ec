e.submission_id in (select s.id from workflows_submissionrecord s where {state})
