insert into workflows_datakey (id, created_at, key_id, wrapped) values (%(key)s, %(created_at)s, %(key_id)s, %(wrapped)s)
