insert into workflows_filedcase (number, submission_id)
select distinct left(number, 200), %(submission)s::bigint from unnest(%(numbers)s::text[]) as number
on conflict do nothing
