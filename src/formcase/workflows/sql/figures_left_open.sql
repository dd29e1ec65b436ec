-- Disabled workflows of which submissions are open that nobody brings forward.
select w.id, w.name, count(*), min(s.recorded_at)
  from workflows_submissionrecord s
  join workflows_serviceworkflow w on w.id = s.workflow_id
 where s.state not in ('imported', 'withdrawn', 'handled')
   and not w.enabled and w.deleted_at is null
 group by w.id, w.name
 order by w.id
