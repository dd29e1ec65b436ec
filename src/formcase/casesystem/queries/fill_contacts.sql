-- Contacts number start to end, each with an address; four of five are persons. No number of theirs is a valid one.
with numbered as (
    select n, n %% 5 = 0 as is_company,
           now() - interval '3 years' + n * interval '20 minutes' as at,
           (array['Anna', 'Bent', 'Cecilie', 'Dorte', 'Erik', 'Freja', 'Gorm', 'Hanne', 'Ivan', 'Jytte', 'Kåre', 'Lærke',
                  'Mads', 'Nanna', 'Ole', 'Pia', 'Rune', 'Sofie', 'Troels', 'Ulla'])[1 + n %% 20] as given,
           (array['Nielsen', 'Jensen', 'Hansen', 'Pedersen', 'Andersen', 'Christensen', 'Larsen', 'Sørensen', 'Rasmussen',
                  'Jørgensen', 'Petersen', 'Madsen', 'Kristensen', 'Olsen', 'Thomsen', 'Østergaard', 'Åkjær'])[1 + n / 20 %% 17]
               as family,
           (array['Ryesgade', 'Skovvej', 'Kirkestræde', 'Møllevej', 'Strandvejen', 'Åboulevarden', 'Østergade', 'Bakkevej',
                  'Engvej'])[1 + n %% 9] as street
      from generate_series(%(start)s::int, %(end)s::int - 1) as n
), made as (
    insert into casesystem_contact (
        version, extra, read_code, read_expression, read_demand_id, created, create_user, updated, update_user,
        name_type, name_code, name1
    )
    select 1, '{}'::jsonb,
           case when n %% 40 = 7 then 'FORTROLIG' end, null,
           case when n %% 40 = 7 then (%(demands)s::bigint[])[4] end,
           at, %(mark)s, at, %(mark)s,
           case when is_company then 'F' else 'P' end,
           case when is_company then lpad((90000000 + n)::text, 8, '0') else '3213' || lpad(n::text, 6, '0') end,
           case when is_company then street || 's ' || family || ' ' || n || ' ApS' else given || ' ' || family || ' ' || n end
      from numbered
    returning key, name_type, name_code, created
), told as (
    select made.*, numbered.* from made
      join numbered on made.name_code = case when is_company then lpad((90000000 + n)::text, 8, '0')
                                              else '3213' || lpad(n::text, 6, '0') end
), history as (
    insert into casesystem_historyentry (at, "user", account, entity_set, key, contact_key, action, changes, gone, demands)
    select created, %(mark)s, %(mark)s, 'Contacts', key, key, 'created',
           jsonb_build_object('NameType_Value', jsonb_build_array(null, name_type)), false, '{}'::bigint[]
      from told
)
insert into casesystem_address (version, extra, contact_id, postcode, country, created, create_user, updated, update_user)
select 1,
       jsonb_build_object('Address1', street || ' ' || 1 + n %% 199, 'Email', 'kontakt' || n || '@example.dk',
                          'PhoneNo', (20000000 + n)::text),
       key, (array['8000', '8200', '8210', '8600', '9000', '5000', '1050', '2100'])[1 + n %% 8], 'DK',
       created, %(mark)s, created, %(mark)s
  from told
