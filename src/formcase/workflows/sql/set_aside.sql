-- Temporary blocked before anything was tried: what is kept of it can't be opened.
update workflows_submissionrecord
   set attempt_open = false, state = 'blocked', blocked_scope = %(scope)s::text,
       blocked_since = coalesce(blocked_since, now()), reason = %(reason)s, sealed_reason = null,
       tries = tries + 1, due_at = case when %(scope)s::text = 'submission' then %(due)s::timestamptz end
 where id = %(key)s
