-- Submissions number start to end of all that are wanted, oldest first, over the last 80 days: nearly all Imported with
-- the number of a case, some of the newest in each other status; each with its file and its history.
with numbered as (
    select n, %(prefix)s || n as submission_id, 'B' || lpad(n::text, 8, '0') as reference_id,
           (%(first_form)s + n * 7 %% %(forms)s)::text as form_id,
           now() - interval '80 days' * (%(wanted)s - n) / %(wanted)s - interval '1 minute' as at,
           case when n > %(wanted)s - 100 then 'Submitted'
                when n > %(wanted)s - 400 and n %% 4 = 1 then 'TemporaryBlocked'
                when n > %(wanted)s - 600 and n %% 2 = 0 then 'Delivered'
                else 'Imported' end as status
      from generate_series(%(start)s::int, %(end)s::int - 1) as n
), issued as (
    insert into formservice_issuedidentifiers (submission_id, reference_id) select submission_id, reference_id from numbered
), made as (
    insert into formservice_submission (
        submission_id, reference_id, form_id, form_title, form_version, submitted_at, status, imported_at
    )
    select submission_id, reference_id, form_id, 'Form of a test database ' || form_id, 1, at, status,
           case when status = 'Imported' then at + interval '5 minutes' end
      from numbered
    returning id, submission_id, status, submitted_at
), files as (
    insert into formservice_storedfile (
        submission_id, kind, number, attachment_id, name, field, media_type, size, sha256, location
    )
    select id, 'xml', 0, '', '', '', 'application/xml', %(size)s, %(sha256)s, %(location)s from made
)
insert into formservice_statusentry (submission_id, status, message, cases, at, recorded_at)
select made.id, entry.status, entry.message, entry.cases, made.submitted_at + entry.later, made.submitted_at + entry.later
  from made
  join numbered using (submission_id)
 cross join lateral (
    values (1, 'Submitted', null, '[]'::jsonb, interval '0'),
           (2, 'Delivered', null, '[]', interval '1 minute'),
           (3, 'TemporaryBlocked', 'The case system does not answer.', '[]', interval '2 minutes'),
           (3, 'Imported', null, jsonb_build_array(jsonb_build_object(
               'caseNumber', '2026-02.15-' || lpad(n::text, 7, '0'), 'url', null
           )), interval '5 minutes')
 ) as entry(place, status, message, cases, later)
 where entry.status in ('Submitted', made.status) or (entry.status = 'Delivered' and made.status <> 'Submitted')
 order by n, entry.place
