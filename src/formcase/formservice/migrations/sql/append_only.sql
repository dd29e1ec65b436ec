CREATE FUNCTION formservice_administration_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What administrators did is added to and never changed (%).', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END;
$$;

-- TRUNCATE stays possible: the tests of the form service empty its tables with it
CREATE TRIGGER formservice_administration_keep BEFORE UPDATE OR DELETE ON formservice_administrationentry
    FOR EACH ROW EXECUTE FUNCTION formservice_administration_refuse();
