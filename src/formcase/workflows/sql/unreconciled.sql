-- Enabled workflows whose comparison is due.
update workflows_serviceworkflow w
   set next_reconciliation_at = now() + interval '1 day'
  from (
    select id from workflows_serviceworkflow
     where enabled and deleted_at is null and (next_reconciliation_at is null or next_reconciliation_at <= now())
       for no key update skip locked
  ) as due
 where w.id = due.id
returning w.id
