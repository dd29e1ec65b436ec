-- Which user holds which access code. Everyone holds ALLEEMNER; an account may hold whatever there is.
create view casesystem_held_access_code as
select "user".key as user_key, held.code as code, 'user' as source
  from casesystem_user "user"
  join casesystem_heldcode held on held.user_id = "user".key
 where not "user".holds_all_codes and held.code <> 'ALLEEMNER'
union all
select "user".key, 'ALLEEMNER', 'everyone'
  from casesystem_user "user"
union all
select "user".key, code.key, 'all'
  from casesystem_user "user"
  join casesystem_code code on code.entity_set = 'AccessCodeDomains'
 where "user".holds_all_codes and code.key <> 'ALLEEMNER';
