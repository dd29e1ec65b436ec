drop index casesystem_file_words, casesystem_file_info_words, casesystem_record_words, casesystem_document_words,
    casesystem_contact_words, casesystem_address_words, casesystem_contact_code, casesystem_file_by_title, casesystem_file_by_update,
    casesystem_file_by_group, casesystem_file_by_officer, casesystem_open_file_of_unit, casesystem_record_by_title,
    casesystem_record_by_update, casesystem_record_by_officer, casesystem_record_of_case, casesystem_contact_by_name,
    casesystem_contact_by_update;
drop function casesystem_words(text);
drop function casesystem_danish_order(text);
