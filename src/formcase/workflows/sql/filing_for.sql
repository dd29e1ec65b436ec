-- What a filing job needs to know before it begins.
select s.source, w.id as workflow_id, w.version, w.language, w.client_id, w.certificate_thumbprint
  from workflows_submissionrecord s
  join workflows_serviceworkflow w on w.id = s.workflow_id
 where s.id = %(key)s
