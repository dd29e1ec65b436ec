-- Documents number start to end of these cases, one for each: the first of a case is a main document, the others
-- supplement it. Their files are there already.
with numbered as (
    select start.n, given.record as key, file.key as file_id, file.title as case_title, file.number as case_number, file.officer,
           file.responsible_unit, file.created + interval '1 day' as at,
           file.last_record + row_number() over (partition by file.key order by start.n) as number,
           case when start.n %% 20 = 13 then 4 end as restriction,
           (%(kinds)s::text[])[given.place] as kind
      from unnest(%(files)s::text[], %(records)s::text[]) with ordinality as given(key, record, place)
     cross join lateral (select %(start)s + given.place - 1 as n) as start
      join casesystem_file file on file.key = given.key
), counted as (
    update casesystem_file file set last_record = numbers.last_record
      from (select file_id, max(number) as last_record from numbered group by file_id) as numbers
     where file.key = numbers.file_id
), made as (
    insert into casesystem_record (
        key, version, extra, read_code, read_demand_id, created, create_user, updated, update_user,
        file_id, main_id, number, title, record_type, state, officer, responsible_unit, create_unit, text
    )
    select numbered.key, 1, '{}'::jsonb, (%(codes)s::text[])[restriction], (%(demands)s::bigint[])[restriction], at, %(mark)s, at, %(mark)s,
           numbered.file_id, main.key, numbered.number, kind || ' ' || numbered.n || ' til ' || case_title,
           case when kind = 'Ansøgning' then 'I' else 'DOK' end, 'ARK', numbered.officer, numbered.responsible_unit, 'TEK',
           case when numbered.n %% 3 = 0 then 'Modtaget med posten, journaliseret og fordelt.' end
      from numbered
      left join casesystem_record main on main.file_id = numbered.file_id and main.number = 1 and numbered.number > 1
    returning key, file_id, title, created
), told as (
    select made.*, numbered.n from made join numbered using (key)
), infos as (
    insert into casesystem_recordinfo (version, extra, record_id, label, info)
    select 1, '{}'::jsonb, key, 'DOKINFO', 'Scannet i bunke ' || n / 50 from told where n %% 10 = 0
)
insert into casesystem_historyentry (
    at, "user", account, entity_set, key, file_key, record_key, action, changes, gone, demands
)
select created, %(mark)s, %(mark)s, 'Records', key, file_id, key, 'created',
       jsonb_build_object('Title', jsonb_build_array(null, title)), false, '{}'::bigint[]
  from told
