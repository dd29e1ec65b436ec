drop trigger words on casesystem_record;
drop trigger words on casesystem_document;
drop trigger words_changed on casesystem_document;
drop function casesystem_set_words_of_record();
drop function casesystem_words_of_file_changed();
alter table casesystem_file drop column words;
alter table casesystem_fileinfo drop column words;
alter table casesystem_contact drop column words;
alter table casesystem_address drop column words;
alter table casesystem_record drop column words;

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
