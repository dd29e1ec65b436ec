select id, created_at, key_id, wrapped from workflows_datakey where id = %(key)s
