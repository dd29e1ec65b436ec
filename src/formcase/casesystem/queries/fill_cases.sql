-- Cases number start to end: with the reference ID of a submission, a date, one or two parties, and the first line of
-- their history. Three of five are closed, every fifth is seen by those only who hold its codes.
with numbered as (
    select n, now() - interval '3 years' + n * interval '15 minutes' as at,
           (array['02.15', '02.34', '05.02', '05.09', '15.03', '23.01', '23.05'])[1 + n %% 7] as case_group,
           (array['Flagstang', 'Byggetilladelse til carport', 'Overkørsel', 'Råden over vej', 'Gadesalg', 'Klage over nabo',
                  'Henvendelse fra borger'])[1 + n %% 7] as subject,
           (array['Ryesgade', 'Skovvej', 'Kirkestræde', 'Møllevej', 'Strandvejen', 'Åboulevarden', 'Østergade', 'Bakkevej',
                  'Engvej'])[1 + n %% 9] || ' ' || 1 + n %% 199 as place,
           case when n %% 5 = 3 then 1 + n / 5 %% cardinality(%(demands)s::bigint[]) end as restriction,
           case when n %% 100 = 42 then (array['00.01'])[1] end as error_group,
           n %% 5 < 3 and n %% 20 <> 1 as is_closed
      from generate_series(%(start)s::int, %(end)s::int - 1) as n
), made as (
    insert into casesystem_file (
        version, extra, read_code, read_expression, read_demand_id, created, create_user, updated, update_user,
        number, title, case_group, state, officer, responsible_unit, create_unit, closed, text, last_record
    )
    select 1, '{"ROOMS": 3}'::jsonb,
           (%(codes)s::text[])[restriction], (%(expressions)s::text[])[restriction], (%(demands)s::bigint[])[restriction],
           at, %(mark)s, at + interval '2 days', %(mark)s,
           to_char(at, 'YYYY') || '-' || coalesce(error_group, case_group) || '-' || lpad(n::text, 7, '0'),
           subject || ', ' || place || ' (' || n || ')',
           coalesce(error_group, case_group), case when is_closed then 'AF' else 'UB' end,
           (%(users)s::text[])[1 + n * 13 %% cardinality(%(users)s::text[])], (array['TEK', 'BOR', 'SEK'])[1 + n %% 3], 'TEK',
           case when is_closed then (at + interval '2 days')::date end,
           'Ansøgning modtaget om ' || lower(subject) || ' ved ' || place || '. Partshøring er sendt til naboerne.', 0
      from numbered
    returning key, number, title, created
), told as (
    select made.*, right(made.number, 7)::int as n from made
), infos as (
    insert into casesystem_fileinfo (version, extra, file_id, label, info, reference_digest)
    select 1, '{}'::jsonb, key, 'INTERACT', 'B' || lpad(n::text, 8, '0'),
           encode(sha256(('B' || lpad(n::text, 8, '0'))::bytea), 'hex')
      from told
    union all
    select 1, '{}'::jsonb, key, 'JOURNALNR', 'J-' || n, null from told where n %% 4 = 0
), dates as (
    insert into casesystem_filedate (version, extra, file_id, label, date_stamp)
    select 1, '{}'::jsonb, key, 'FRIST', (created + interval '30 days')::date from told
), parties as (
    insert into casesystem_filecontact (version, extra, file_id, contact_id, address_id, role)
    select 1, '{}'::jsonb, told.key, contact.key, address.key, party.role
      from told
     cross join lateral (
        values (n, 'Sagspart'), (case when n %% 2 = 0 then n * 7 + 1 end, 'Naboer')
      ) as party(which, role)
     cross join lateral (select party.which %% %(contacts)s as which) as picked
      join casesystem_contact contact
        on contact.name_type = case when picked.which %% 5 = 0 then 'F' else 'P' end
       and contact.name_code = case when picked.which %% 5 = 0 then lpad((90000000 + picked.which)::text, 8, '0')
                                    else '3213' || lpad(picked.which::text, 6, '0') end
      join casesystem_address address on address.contact_id = contact.key
)
insert into casesystem_historyentry (at, "user", account, entity_set, key, file_key, action, changes, gone, demands)
select created, %(mark)s, %(mark)s, 'Files', key, key, 'created',
       jsonb_build_object('Title', jsonb_build_array(null, title)), false, '{}'::bigint[]
  from told
