-- Enabled workflows whose checks are due for a look, or that were changed since the last one. The look itself says when
-- the next one is; should it be lost, there is one later all the same.
update workflows_serviceworkflow w
   set next_check_at = now() + interval '5 minutes', checked_version = w.version
  from (
    select id from workflows_serviceworkflow
     where enabled and deleted_at is null
       and (checked_version is distinct from version or next_check_at is null or next_check_at <= now())
       for no key update skip locked
  ) as due
 where w.id = due.id
returning w.id
