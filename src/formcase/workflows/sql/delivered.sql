-- The form service was told Delivered by the watch. What was set aside meanwhile is to be told again: the word may have
-- come after the other one there.
with before as (
    select id, delivered_at is null as first, state = 'blocked' and blocked_reported as overtaken
      from workflows_submissionrecord
     where id = %(key)s and (delivered_at is null or (state = 'blocked' and blocked_reported))
       for no key update
)
update workflows_submissionrecord s
   set delivered_at = coalesce(s.delivered_at, now()), blocked_reported = s.blocked_reported and not before.overtaken
  from before
 where s.id = before.id
returning s.workflow_id, before.first, before.overtaken
