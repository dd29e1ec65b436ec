-- Submissions number start to end of count, oldest first: nearly all of them Imported, a few of each other kind, and of
-- the newest ones some that wait or are blocked.
with made as (
    insert into workflows_submissionrecord (
        workflow_id, source, submission_id, reference_id, owns_reference, form_id, form_title, form_version,
        submitted_at, recorded_at, state, attempt, attempt_open, due_at, tries, unreadable_tries, blocked_scope,
        blocked_since, blocked_reported, reason, documents, filed, filed_at, reported_at, ended_at, delivered_at, sealed_plan
    )
    select
        (%(workflows)s::bigint[])[1 + n.number %% cardinality(%(workflows)s::bigint[])],
        'https://bench.invalid',
        'bench-' || n.number,
        'B' || lpad(n.number::text, 8, '0'),
        true,
        (810000 + n.number * 7 %% %(forms)s)::text,
        'Form ' || n.number * 7 %% %(forms)s,
        3,
        n.at, n.at, n.state, 1, false,
        case when n.state = 'waiting' then now() end,
        0, 0,
        case when n.state = 'blocked' then 'submission' else '' end,
        case when n.state = 'blocked' then n.at end,
        false,
        case when n.state = 'blocked' then %(blocked)s::jsonb end,
        '{}'::jsonb,
        case when n.state = 'imported' then jsonb_build_object(
            'kind', case when n.error_case then 'error case' else 'mapped' end,
            'cases', jsonb_build_array(jsonb_build_object('id', n.number::text, 'number', n.case_number, 'url', null)),
            'reasons', case when n.error_case then n.reasons else '[]'::jsonb end
        ) end,
        n.ended_at, n.ended_at, n.ended_at, n.at,
        -- as large as a plan is, and as little to be read
        (select string_agg(sha256((n.number * d)::text::bytea), ''::bytea) from generate_series(1, 32) as d)
    from (
        select i.*, case when i.state in ('waiting', 'blocked') then null else i.at + interval '3 seconds' end as ended_at,
               '2026-02.15-' || lpad(i.number::text, 7, '0') as case_number,
               i.number %% 50 = 7 and i.state = 'imported' as error_case,
               (%(reasons)s::jsonb[])[1 + i.number / 50 %% cardinality(%(reasons)s::jsonb[])] as reasons
          from (
            select %(first)s + s as number,
                   now() - (interval '1 year' * (%(count)s - s)) / %(count)s - interval '1 minute' as at,
                   case when s > %(count)s - 200 and s %% 9 = 1 then 'waiting'
                        when s > %(count)s - 400 and s %% 9 = 2 then 'blocked'
                        when s %% 500 = 3 then 'withdrawn'
                        when s %% 400 = 4 then 'handled'
                        else 'imported' end as state
              from generate_series(%(start)s::int, %(end)s::int - 1) as s
        ) as i
    ) as n
    returning id, submission_id, form_id, filed, filed_kind, recorded_at
), numbered as (
    select made.*, substr(submission_id, 7)::int as number from made
), cases as (
    insert into workflows_filedcase (number, submission_id)
    select filed #>> '{cases,0,number}', id from numbered where filed is not null
), persons as (
    insert into workflows_personindex (digest, submission_id)
    select (%(persons)s::bytea[])[1 + number * 11 %% cardinality(%(persons)s::bytea[])], id from numbered
)
insert into workflows_errorcause (cause_id, submission_id, form_id, filed_at)
select (%(causes)s::bigint[])[1 + number / 50 %% cardinality(%(causes)s::bigint[])], id, form_id, recorded_at
  from numbered
 where filed_kind = 'error case'
