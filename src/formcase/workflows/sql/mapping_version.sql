-- A published version, which a foreign key says is there.
select number, content from workflows_mappingversion where id = %(key)s
