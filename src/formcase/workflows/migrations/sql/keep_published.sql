CREATE FUNCTION workflows_keep_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'A version that was published is never changed (%).', TG_OP
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END;
$$;

CREATE TRIGGER mappingversion_keep_published BEFORE UPDATE OR DELETE ON workflows_mappingversion
    FOR EACH ROW EXECUTE FUNCTION workflows_keep_published();
CREATE TRIGGER transformversion_keep_published BEFORE UPDATE OR DELETE ON workflows_transformversion
    FOR EACH ROW EXECUTE FUNCTION workflows_keep_published();
