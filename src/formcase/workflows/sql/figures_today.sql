-- What ended today and what is open now, by workflow.
with ended as (
    select s.workflow_id, s.state, s.filed_kind, count(*) as count
      from workflows_submissionrecord s
     where s.ended_at is not null and s.ended_at >= %(midnight)s
       and s.state in ('imported', 'withdrawn', 'handled')
     group by 1, 2, 3
), still_open as (
    select s.workflow_id, s.state, null as filed_kind, count(*) as count
      from workflows_submissionrecord s
     where s.state not in ('imported', 'withdrawn', 'handled')
     group by 1, 2
)
select workflow_id,
       coalesce(sum(count) filter (where state = 'imported' and filed_kind is distinct from 'error case'), 0)::int,
       coalesce(sum(count) filter (where state = 'imported' and filed_kind = 'error case'), 0)::int,
       coalesce(sum(count) filter (where state = 'handled'), 0)::int,
       coalesce(sum(count) filter (where state = 'withdrawn'), 0)::int,
       coalesce(sum(count) filter (where state = 'blocked'), 0)::int,
       coalesce(sum(count) filter (where state in ('waiting', 'filed')), 0)::int
  from (select * from ended union all select * from still_open) as counted
 group by workflow_id
