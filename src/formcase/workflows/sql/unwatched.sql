-- Enabled workflows that no watch job will look after.
select w.id
  from workflows_serviceworkflow w
 where w.enabled and w.deleted_at is null
   and not exists (select 1 from procrastinate_jobs j where j.status = 'todo' and j.queueing_lock = 'watch:' || w.id)
   and not exists (select 1 from procrastinate_jobs j where j.status = 'doing' and j.lock = 'watch:' || w.id)
