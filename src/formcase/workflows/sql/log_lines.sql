select e.id, e.at, e.level, e.event, e.message::text, e.workflow_id, coalesce(w.name, ''), e.submission_id,
       coalesce(s.reference_id, ''), e.form_id, e.attempt, e.duration
  from workflows_logentry e
  left join workflows_serviceworkflow w on w.id = e.workflow_id
  left join workflows_submissionrecord s on s.id = e.submission_id
 where e.id = any(%(keys)s::bigint[])
 order by e.at desc, e.id desc
