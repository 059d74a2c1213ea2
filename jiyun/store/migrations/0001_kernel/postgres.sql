-- Called by every "never" trigger: the argument is the rule that a person reads.
CREATE FUNCTION jiyun_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'jiyun: %', TG_ARGV[0];
END $$;

CREATE TRIGGER store_fixed BEFORE UPDATE OR DELETE ON store
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('what a store is never changes');
CREATE TRIGGER store_kept BEFORE TRUNCATE ON store
FOR EACH STATEMENT EXECUTE FUNCTION jiyun_refuse('what a store is never changes');

CREATE FUNCTION jiyun_clock_simulated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM store WHERE kind = 'simulated') THEN
        RAISE EXCEPTION 'jiyun: a real store has no clock that can be set';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER clock_simulated_only BEFORE INSERT ON simulated_clock
FOR EACH ROW EXECUTE FUNCTION jiyun_clock_simulated();
CREATE TRIGGER clock_forward BEFORE UPDATE ON simulated_clock
FOR EACH ROW WHEN (NEW.now < OLD.now) EXECUTE FUNCTION jiyun_refuse('the simulated clock only goes forward');
CREATE TRIGGER clock_kept BEFORE DELETE ON simulated_clock
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('the simulated clock stays');

CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('the audit log is append-only');
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION jiyun_refuse('the audit log is append-only');

CREATE FUNCTION jiyun_audit_chained() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <> coalesce((SELECT max(seq) FROM audit), 0) + 1
       OR NEW.prev <> coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), '') THEN
        RAISE EXCEPTION 'jiyun: an audit entry must follow the last one';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_chained BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION jiyun_audit_chained();
