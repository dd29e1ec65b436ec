-- Whatever changes what processes keep in memory gives the revision a new value; they compare it on each request.
create function casesystem_new_revision() returns trigger language plpgsql as $$
begin
    insert into casesystem_revision (id, value) values (1, gen_random_uuid())
    on conflict (id) do update set value = excluded.value;
    return null;
end
$$;

create trigger new_revision after insert or update or delete or truncate on casesystem_code
    for each statement execute function casesystem_new_revision();
create trigger new_revision after insert or update or delete or truncate on casesystem_user
    for each statement execute function casesystem_new_revision();
create trigger new_revision after insert or update or delete or truncate on casesystem_heldcode
    for each statement execute function casesystem_new_revision();
create trigger new_revision after insert or update or delete or truncate on casesystem_securityright
    for each statement execute function casesystem_new_revision();
create trigger new_revision after insert or update or delete or truncate on casesystem_customfieldrow
    for each statement execute function casesystem_new_revision();
create trigger new_revision after insert or update or delete or truncate on casesystem_installationsetting
    for each statement execute function casesystem_new_revision();

insert into casesystem_revision (id, value) values (1, gen_random_uuid());
