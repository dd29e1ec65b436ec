-- A submission that the form service has as Imported and the journal has lost. No row where it has come back meanwhile.
insert into workflows_submissionrecord (
    workflow_id, source, submission_id, reference_id, owns_reference, form_id, form_title, form_version, submitted_at,
    recorded_at, state, attempt, attempt_open, tries, unreadable_tries, blocked_scope, blocked_reported, documents,
    delivered_at, filed, filed_at, error_case, reported_at, ended_at
)
values (
    %(workflow)s, %(source)s, %(submission_id)s, %(reference_id)s, %(owns_reference)s, %(form_id)s, %(form_title)s,
    %(form_version)s, %(submitted_at)s, %(recorded_at)s, 'imported', 0, false, 0, 0, '', false, '{}',
    %(recorded_at)s, %(filed)s, %(filed_at)s, %(error_case)s, %(ended_at)s, %(ended_at)s
)
on conflict do nothing
returning id
