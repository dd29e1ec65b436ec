-- A published version, which a foreign key says is there.
select number, content from workflows_transformversion where id = %(key)s
