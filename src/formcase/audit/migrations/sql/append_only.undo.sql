DROP TRIGGER audit_entry_keep_all ON audit_auditentry;
DROP TRIGGER audit_entry_keep_rows ON audit_auditentry;
DROP FUNCTION audit_entry_refuse();
