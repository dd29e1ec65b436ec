-- Data keys that nothing is sealed with any more. The newest stays: it says which key-encryption key is in use.
delete from workflows_datakey d
 where d.created_at < now() - make_interval(days => %(kept)s)
   and d.id <> (select id from workflows_datakey order by created_at desc, id limit 1)
   and not exists (select 1 from workflows_submissionrecord s where s.data_key_id = d.id)
