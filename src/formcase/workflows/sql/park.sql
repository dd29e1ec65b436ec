-- Set a submission aside behind its workflow's block.
with parked as (
    update workflows_submissionrecord s
       set state = 'blocked', blocked_scope = 'workflow', due_at = null,
           blocked_since = coalesce(s.blocked_since, now()), reason = w.blocked_reason
      from workflows_serviceworkflow w
     where s.id = %(key)s and w.id = s.workflow_id and w.blocked_since is not null
       and w.probe_submission is distinct from s.id
       and s.state in ('waiting', 'blocked') and not s.attempt_open
    returning s.submission_id, s.blocked_reported, w.blocked_reason
)
select submission_id, blocked_reason from parked where not blocked_reported
