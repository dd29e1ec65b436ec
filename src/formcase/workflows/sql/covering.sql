-- Older enabled workflows on the same form service: what they cover, they file. No form ids: everything.
select w.name, w.form_ids
  from workflows_serviceworkflow w
 where w.url = %(url)s and w.id < %(workflow)s and w.enabled and w.deleted_at is null
 order by w.id
