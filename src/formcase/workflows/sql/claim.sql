-- Claim what is free, ours already, or held by an attempt that is over. In a statement of its own after claim_lock, so
-- that it sees what those who held the locks before have committed.
insert into workflows_claim as held (name, submission_id, attempt)
select name, %(key)s, %(attempt)s from (select unnest(%(names)s::text[]) as name order by 1) as wanted
on conflict (name) do update
   set submission_id = excluded.submission_id, attempt = excluded.attempt
 where held.submission_id = excluded.submission_id
    or not exists (
        select 1 from workflows_submissionrecord h
         where h.id = held.submission_id and h.attempt_open and h.attempt = held.attempt
    )
returning name
