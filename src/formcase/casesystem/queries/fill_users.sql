-- Users number start to end, each a caseworker of one of the sample's units.
with made as (
    insert into casesystem_user (key, name, security_code, unit, group_code, holds_all_codes, administrator, enabled)
    select 'U' || lpad(n::text, 5, '0'),
           (array['Anne', 'Bo', 'Camilla', 'Daniel', 'Eva', 'Frederik', 'Gitte', 'Henrik', 'Ida', 'Jens', 'Karen'])[1 + n %% 11]
           || ' ' ||
           (array['Nielsen', 'Jensen', 'Hansen', 'Pedersen', 'Andersen', 'Christensen', 'Larsen', 'Sørensen', 'Rasmussen',
                  'Jørgensen', 'Petersen', 'Madsen', 'Kristensen'])[1 + n / 11 %% 13] || ' ' || n,
           6, (array['TEK', 'BOR', 'SEK'])[1 + n %% 3], 'ALLEEMNER', false, false, true
      from generate_series(%(start)s::int, %(end)s::int - 1) as n
    returning key, name, unit
), held as (
    insert into casesystem_heldcode (user_id, code) select key, unit from made
)
insert into casesystem_code (entity_set, key, value, text, hidden, properties)
select 'EmployeeDomains', key, key, name, false, jsonb_build_object('LocationCode_Value', unit) from made
