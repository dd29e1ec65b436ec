-- Submissions of which the three sides may say different things; each is looked at again by itself. A superset of what is
-- wrong: what is under way at this moment is in it, what all three agree on is not.
insert into candidate (submission_id, reference_id, key)
select coalesce(s.submission_id, r.submission_id), coalesce(r.reference_id, s.reference_id), r.id
  from seen_source s
  full join (
    select * from workflows_submissionrecord where workflow_id = %(workflow)s and source = %(source)s
  ) r on r.submission_id = s.submission_id
 where (
        -- known there, unknown here, under no workflow at all
        r.id is null
        and not exists (
            select 1 from workflows_submissionrecord o
             where o.source = %(source)s and o.submission_id = s.submission_id
        )
        and (%(rebuild)s or s.status <> 'Imported' or s.submitted_at >= %(created_at)s)
   )
    or (
        -- known here, unknown there
        s.submission_id is null
        and r.recorded_at < %(started_at)s
        and (%(forms)s::text[] is null or r.form_id = any(%(forms)s::text[]))
        and (
            r.state in ('waiting', 'blocked', 'filed')
            or (r.state = 'imported' and r.ended_at > now() - make_interval(days => %(kept_days)s))
        )
   )
    or (s.status = 'Imported' and r.state in ('waiting', 'blocked'))
    or (s.status <> 'Imported' and r.state in ('imported', 'withdrawn'))
    or (
        r.filed is not null
        and (%(whole)s or r.filed_at > now() - make_interval(days => %(window_days)s))
        and exists (
            select 1 from jsonb_array_elements(r.filed -> 'cases') c
             where c ->> 'id' <> ''
               and not exists (
                    select 1 from seen_target t where t.reference_id = r.reference_id and t.case_id = c ->> 'id'
               )
        )
   )
    or (
        r.owns_reference
        and exists (
            select 1 from seen_target t
             where t.reference_id = r.reference_id
               and not coalesce(r.filed -> 'cases' @> jsonb_build_array(jsonb_build_object('id', t.case_id)), false)
               and not coalesce(r.error_case -> 'cases' @> jsonb_build_array(jsonb_build_object('id', t.case_id)), false)
               and not exists (
                    select 1 from workflows_filedcase f where f.submission_id = r.id and f.number = t.case_number
               )
        )
   )
 order by 1
