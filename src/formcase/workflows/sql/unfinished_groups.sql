-- Groups that are being filed again, and that no job carries on.
select g.id
  from workflows_groupfiling g
 where g.ended_at is null
   and not exists (
     select from procrastinate_jobs j
      where j.lock = 'group:' || g.id and j.status in ('todo', 'doing')
   )
