select id, created_at, key_id, wrapped from workflows_datakey order by created_at desc, id limit 1
