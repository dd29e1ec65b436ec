CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is added to and never changed (%).', TG_OP USING ERRCODE = 'insufficient_privilege';
END;
$$;

CREATE TRIGGER audit_entry_keep_rows BEFORE UPDATE OR DELETE ON audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse();
CREATE TRIGGER audit_entry_keep_all BEFORE TRUNCATE ON audit_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse();
-- also while a replica is applied or a dump is restored with session_replication_role set
ALTER TABLE audit_auditentry ENABLE ALWAYS TRIGGER audit_entry_keep_rows;
ALTER TABLE audit_auditentry ENABLE ALWAYS TRIGGER audit_entry_keep_all;
