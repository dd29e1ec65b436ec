-- Whole workflows with their reason, then the submissions that are blocked by themselves, by reason.
select w.id, w.name, w.blocked_reason::text,
       (
           select count(*) from workflows_submissionrecord s
            where s.workflow_id = w.id and s.state = 'blocked' and s.blocked_scope <> 'submission'
       ),
       w.blocked_since, true
  from workflows_serviceworkflow w
 where w.blocked_since is not null and w.deleted_at is null
union all
(
    select w.id, w.name, s.reason::text, count(*), min(s.blocked_since), false
      from workflows_submissionrecord s
      join workflows_serviceworkflow w on w.id = s.workflow_id
     where s.state = 'blocked'
       and (s.blocked_scope = 'submission' or w.blocked_since is null)
     group by w.id, w.name, s.reason::text
     order by count(*) desc
     limit 500
)
