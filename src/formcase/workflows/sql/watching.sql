-- What a watch needs to know of its workflow; no row where it is to stop.
select w.id, w.name, w.version, w.watch_interval, w.url, w.client_id, w.certificate_thumbprint, w.form_ids
  from workflows_serviceworkflow w
 where w.id = %(workflow)s and w.enabled and w.deleted_at is null
