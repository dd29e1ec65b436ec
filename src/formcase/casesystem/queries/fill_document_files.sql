-- The files of documents number start to end, before the documents themselves: so these know their files' names at once.
-- Their bytes are all the same.
insert into casesystem_document (
    version, extra, record_id, uploader, complete, storage_name, file_name, extension, content_type, size, sha256, updated
)
select 1, '{}', given.record, %(mark)s, true, %(storage_name)s,
       lower(replace(given.kind, ' ', '-')) || '-' || %(start)s + given.place - 1 || '.txt', 'txt', 'text/plain', %(size)s,
       %(sha256)s, now()
  from unnest(%(records)s::text[], %(kinds)s::text[]) with ordinality as given(record, kind, place)
