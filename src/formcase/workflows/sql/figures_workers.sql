select (select max(last_heartbeat) from procrastinate_workers),
       exists (select 1 from workflows_serviceworkflow where enabled and deleted_at is null)
