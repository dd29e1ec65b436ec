-- What people search and sort by. Words are cut apart in the same way here and in `finding/words.py`: punctuation parts
-- them, so that a part of a case number or of a file name is found too.
create function casesystem_words(what text) returns tsvector language sql immutable parallel safe strict as $$
    select to_tsvector('danish'::regconfig, translate(what, '-./_\@:,;()''"+#&|!*<>?=%', repeat(' ', 24)))
$$;

-- The order of the Danish alphabet: æ, ø, å stand after z, whatever the database's own order is.
create function casesystem_danish_order(what text) returns text language sql immutable parallel safe strict as $$
    select translate(lower(left(what, 200)), 'æäøöå', '{{||}') collate "C"
$$;

create index casesystem_file_words on casesystem_file using gin (
    casesystem_words(number || ' ' || title || ' ' || coalesce(text, '') || ' ' || coalesce(note, '')));
create index casesystem_file_info_words on casesystem_fileinfo using gin (casesystem_words(coalesce(info, '')));
create index casesystem_record_words on casesystem_record using gin (
    casesystem_words(title || ' ' || coalesce(text, '') || ' ' || coalesce(note, '')));
create index casesystem_document_words on casesystem_document using gin (casesystem_words(coalesce(file_name, '')));
create index casesystem_contact_words on casesystem_contact using gin (
    casesystem_words(name1 || ' ' || coalesce(name_code, '') || ' ' || coalesce(name_note, '')));
create index casesystem_address_words on casesystem_address using gin (casesystem_words(
    coalesce(extra ->> 'Address1', '') || ' ' || coalesce(postcode, '') || ' ' || coalesce(extra ->> 'Email', '') || ' '
    || coalesce(extra ->> 'PhoneNo', '') || ' ' || coalesce(extra ->> 'CellPhoneNo', '')));
create index casesystem_contact_code on casesystem_contact (name_code);

create index casesystem_file_by_title on casesystem_file (casesystem_danish_order(title), key);
create index casesystem_file_by_update on casesystem_file (updated, key);
create index casesystem_file_by_group on casesystem_file (case_group, key);
create index casesystem_file_by_officer on casesystem_file (coalesce(officer, ''), key);
create index casesystem_open_file_of_unit on casesystem_file (responsible_unit, key) where closed is null;
create index casesystem_record_by_title on casesystem_record (casesystem_danish_order(title), key);
create index casesystem_record_by_update on casesystem_record (updated, key);
create index casesystem_record_by_officer on casesystem_record (coalesce(officer, ''), key);
create index casesystem_record_of_case on casesystem_record (file_id, number);
create index casesystem_contact_by_name on casesystem_contact (casesystem_danish_order(name1), key);
create index casesystem_contact_by_update on casesystem_contact (updated, key);
