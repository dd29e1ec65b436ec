-- The words that people search for stand beside the rows, so that a row can be tested for them without being read word by
-- word, and so that the database knows how common each is.
drop index casesystem_file_words, casesystem_file_info_words, casesystem_record_words, casesystem_document_words,
    casesystem_contact_words, casesystem_address_words;

alter table casesystem_file add column words tsvector generated always as (
    casesystem_words(number || ' ' || title || ' ' || coalesce(text, '') || ' ' || coalesce(note, ''))) stored;
alter table casesystem_fileinfo add column words tsvector generated always as (
    casesystem_words(coalesce(info, ''))) stored;
alter table casesystem_contact add column words tsvector generated always as (
    casesystem_words(name1 || ' ' || coalesce(name_code, '') || ' ' || coalesce(name_note, ''))) stored;
alter table casesystem_address add column words tsvector generated always as (casesystem_words(
    coalesce(extra ->> 'Address1', '') || ' ' || coalesce(postcode, '') || ' ' || coalesce(extra ->> 'Email', '') || ' '
    || coalesce(extra ->> 'PhoneNo', '') || ' ' || coalesce(extra ->> 'CellPhoneNo', ''))) stored;
alter table casesystem_record add column words tsvector;

-- A document is found by the name of its file, too: whoever sees it sees that name.
create function casesystem_set_words_of_record() returns trigger language plpgsql as $$
begin
    new.words := casesystem_words(
        new.title || ' ' || coalesce(new.text, '') || ' ' || coalesce(new.note, '') || ' '
        || coalesce((select content.file_name from casesystem_document content where content.record_id = new.key), ''));
    return new;
end
$$;
create trigger words before insert or update of title, text, note, words on casesystem_record
    for each row execute function casesystem_set_words_of_record();

create function casesystem_words_of_file_changed() returns trigger language plpgsql as $$
begin
    update casesystem_record set words = null where key = new.record_id;
    if tg_op = 'UPDATE' and old.record_id is distinct from new.record_id then
        update casesystem_record set words = null where key = old.record_id;
    end if;
    return null;
end
$$;
create trigger words after insert on casesystem_document
    for each row when (new.record_id is not null) execute function casesystem_words_of_file_changed();
create trigger words_changed after update of record_id, file_name on casesystem_document
    for each row when (old.record_id is distinct from new.record_id or old.file_name is distinct from new.file_name)
    execute function casesystem_words_of_file_changed();

update casesystem_record set words = null;

create index casesystem_file_words on casesystem_file using gin (words);
create index casesystem_file_info_words on casesystem_fileinfo using gin (words);
create index casesystem_record_words on casesystem_record using gin (words);
create index casesystem_contact_words on casesystem_contact using gin (words);
create index casesystem_address_words on casesystem_address using gin (words);
