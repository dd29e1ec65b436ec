-- The causes of the error cases that are not mended, form by form.
select found.cause_id, c.message::text, found.form_id, coalesce(newest.form_title, ''), found.count, found.first,
       found.last
  from (
    select e.cause_id, e.form_id, count(*) as count, min(e.filed_at) as first, max(e.filed_at) as last
      from workflows_errorcause e
     where e.mended_at is null
       and (
            %(workflow)s::bigint is null
            or exists (
                select 1 from workflows_submissionrecord s where s.id = e.submission_id and s.workflow_id = %(workflow)s
            )
       )
     group by e.cause_id, e.form_id
  ) as found
  join workflows_cause c on c.id = found.cause_id
  left join lateral (
    select s.form_title from workflows_submissionrecord s
     where s.form_id = found.form_id
     order by s.recorded_at desc, s.id desc
     limit 1
  ) as newest on true
