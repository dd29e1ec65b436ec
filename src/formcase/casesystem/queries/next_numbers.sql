insert into casesystem_counter (name, value) values (%s, %s)
on conflict (name) do update set value = casesystem_counter.value + excluded.value
returning value
