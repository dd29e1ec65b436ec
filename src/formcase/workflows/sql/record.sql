-- Record one listed submission. The first of two that carry one reference ID owns it; the second is recorded without.
with first as (
    insert into workflows_submissionrecord (
        workflow_id, source, submission_id, reference_id, owns_reference, form_id, form_title, form_version,
        submitted_at, recorded_at, state, attempt, attempt_open, due_at, tries, unreadable_tries, blocked_scope,
        blocked_reported, documents
    )
    values (
        %(workflow)s, %(source)s, %(submission_id)s, %(reference_id)s, %(owns_reference)s, %(form_id)s,
        %(form_title)s, %(form_version)s, %(submitted_at)s, now(), 'waiting', 0, false, now(), 0, 0, '', false, '{}'
    )
    on conflict do nothing
    returning id
)
select id from first
