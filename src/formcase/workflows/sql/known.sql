-- What is known of a page's submissions. stale: the form service lists as open what was reported Imported a while ago.
select s.id, s.submission_id, s.state, s.filed is not null as filed,
       s.reported_at < now() - interval '60 seconds' as stale,
       w.deleted_at is not null as orphaned
  from workflows_submissionrecord s
  join workflows_serviceworkflow w on w.id = s.workflow_id
 where s.source = %(source)s
   and s.submission_id = any(%(submission_ids)s)
