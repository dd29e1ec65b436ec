-- A cause names codes, which somebody may have typed: it goes with the content of the last error case that had it, once
-- that one is mended. Error cases that wait for a person keep theirs.
with over as (
    delete from workflows_errorcause
     where submission_id = any(%(keys)s) and mended_at is not null
    returning id, cause_id
)
delete from workflows_cause c
 where c.id in (select cause_id from over)
   and not exists (
        select 1 from workflows_errorcause e where e.cause_id = c.id and e.id not in (select id from over)
   )
