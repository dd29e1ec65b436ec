-- Lines number start to end: so many for each submission, in the order of the submissions.
insert into workflows_logentry (
    at, workflow_id, submission_id, attempt, level, event, message, duration, form_id, search
)
select s.recorded_at + step * interval '300 milliseconds', s.workflow_id, s.id, 1,
       (%(levels)s::text[])[kind],
       (%(events)s::text[])[kind],
       jsonb_set(
           jsonb_set((%(messages)s::jsonb[])[kind], '{parameters,form}', to_jsonb(s.form_id), false),
           '{parameters,cases}', coalesce(s.filed #> '{cases,0,number}', '"-"'), false
       ),
       0.25,
       s.form_id,
       workflows_log_words(
           string_to_array((%(words)s::text[])[kind], ' ')
           || case when step in (0, 2) then array[s.form_id]
                   when step in (5, 6) and s.filed is not null then array[s.filed #>> '{cases,0,number}']
                   else array[]::text[] end
       )
  from (
    select picked.*, picked.number %% %(each)s as step
      from generate_series(%(start)s::bigint, %(end)s::bigint - 1) as picked(number)
  ) as line
  join lateral (
    select * from workflows_submissionrecord where id = (%(keys)s::bigint[])[1 + line.number / %(each)s - %(start)s / %(each)s]
  ) as s on true
 cross join lateral (
    select 1 + case when step = 5 and s.filed_kind = 'error case' then 8
                    when step = 5 and s.state = 'blocked' then 9
                    else step end as kind
  ) as chosen
