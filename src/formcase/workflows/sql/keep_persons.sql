insert into workflows_personindex (digest, submission_id)
select digest, %(submission)s from unnest(%(digests)s::bytea[]) as digest
on conflict do nothing
