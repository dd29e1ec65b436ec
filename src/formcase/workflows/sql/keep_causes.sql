-- The causes of a submission are these and no others; none: it is mended. What a person wanted of it is done, too.
with wanted as (
    select key, message from unnest(%(keys)s::text[], %(messages)s::jsonb[]) as given(key, message)
), known as (
    insert into workflows_cause (key, message)
    select key, message from wanted order by key
    on conflict (key) do update set message = workflows_cause.message
    returning id
), over as (
    update workflows_errorcause
       set mended_at = now()
     where submission_id = %(submission)s and mended_at is null and cause_id not in (select id from known)
), done as (
    update workflows_submissionrecord set to_error_case = null, sealed_to_error_case = null
     where id = %(submission)s and to_error_case is not null
)
insert into workflows_errorcause (cause_id, submission_id, form_id, filed_at)
select known.id, s.id, s.form_id, now()
  from known
  join workflows_submissionrecord s on s.id = %(submission)s
on conflict (cause_id, submission_id) do update set mended_at = null
