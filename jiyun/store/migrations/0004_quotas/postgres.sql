CREATE TRIGGER allocation_begins_held BEFORE INSERT ON allocation FOR EACH ROW
WHEN (NEW.state <> 'held') EXECUTE FUNCTION jiyun_refuse('an allocation begins as held');
CREATE TRIGGER allocation_moves BEFORE UPDATE ON allocation FOR EACH ROW
WHEN (NOT ((OLD.state = 'held' AND NEW.state IN ('active', 'released')) OR (OLD.state = 'active' AND NEW.state = 'released')))
EXECUTE FUNCTION jiyun_refuse('an allocation goes from held to active to released and never back');
CREATE TRIGGER allocation_fixed BEFORE UPDATE ON allocation FOR EACH ROW
WHEN (
    (NEW.id, NEW.order_id, NEW.machine, NEW.department, NEW.system, NEW.cloud, NEW.host, NEW.pool, NEW.resource_class, NEW.amount, NEW.held_at)
    IS DISTINCT FROM
    (OLD.id, OLD.order_id, OLD.machine, OLD.department, OLD.system, OLD.cloud, OLD.host, OLD.pool, OLD.resource_class, OLD.amount, OLD.held_at)
    OR (OLD.active_at IS NOT NULL AND NEW.active_at IS DISTINCT FROM OLD.active_at)
)
EXECUTE FUNCTION jiyun_refuse('what an allocation holds never changes');
CREATE TRIGGER allocation_kept BEFORE DELETE ON allocation
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('an allocation is released, never deleted');
CREATE TRIGGER allocation_no_truncate BEFORE TRUNCATE ON allocation
FOR EACH STATEMENT EXECUTE FUNCTION jiyun_refuse('an allocation is released, never deleted');

CREATE FUNCTION jiyun_allocation_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO quota_use (department, cloud, resource_class, held, active)
    SELECT ancestor, NEW.cloud, NEW.resource_class, NEW.amount, 0 FROM department_ancestor WHERE department = NEW.department
    ON CONFLICT (department, cloud, resource_class) DO UPDATE SET held = quota_use.held + excluded.held;
    INSERT INTO host_use (host, pool, resource_class, amount) VALUES (NEW.host, NEW.pool, NEW.resource_class, NEW.amount)
    ON CONFLICT (host, pool, resource_class) DO UPDATE SET amount = host_use.amount + excluded.amount;
    RETURN NULL;
END $$;
CREATE TRIGGER allocation_counted AFTER INSERT ON allocation FOR EACH ROW EXECUTE FUNCTION jiyun_allocation_counted();

CREATE FUNCTION jiyun_allocation_recounted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE quota_use
    SET held = held - CASE OLD.state WHEN 'held' THEN OLD.amount ELSE 0 END,
        active = active - CASE OLD.state WHEN 'active' THEN OLD.amount ELSE 0 END
                        + CASE NEW.state WHEN 'active' THEN NEW.amount ELSE 0 END
    WHERE cloud = NEW.cloud AND resource_class = NEW.resource_class
      AND department IN (SELECT ancestor FROM department_ancestor WHERE department = NEW.department);
    IF NEW.state = 'released' THEN
        UPDATE host_use SET amount = amount - NEW.amount
        WHERE host = NEW.host AND pool = NEW.pool AND resource_class = NEW.resource_class;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER allocation_recounted AFTER UPDATE ON allocation FOR EACH ROW EXECUTE FUNCTION jiyun_allocation_recounted();

-- The last word, whoever claims: use may fall while it is over a limit, but never grow past one.
CREATE FUNCTION jiyun_quota_within() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.held + NEW.active > (
        SELECT amount FROM quota_limit
        WHERE department = NEW.department AND cloud = NEW.cloud AND resource_class = NEW.resource_class
    ) THEN
        RAISE EXCEPTION 'jiyun: use never grows past a quota';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER quota_use_begins_within AFTER INSERT ON quota_use FOR EACH ROW EXECUTE FUNCTION jiyun_quota_within();
CREATE TRIGGER quota_use_grows_within AFTER UPDATE ON quota_use FOR EACH ROW
WHEN (NEW.held + NEW.active > OLD.held + OLD.active) EXECUTE FUNCTION jiyun_quota_within();
CREATE TRIGGER quota_use_kept BEFORE DELETE ON quota_use
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('sums of use follow the allocations');
CREATE TRIGGER quota_use_no_truncate BEFORE TRUNCATE ON quota_use
FOR EACH STATEMENT EXECUTE FUNCTION jiyun_refuse('sums of use follow the allocations');
CREATE TRIGGER host_use_kept BEFORE DELETE ON host_use
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('sums of use follow the allocations');
CREATE TRIGGER host_use_no_truncate BEFORE TRUNCATE ON host_use
FOR EACH STATEMENT EXECUTE FUNCTION jiyun_refuse('sums of use follow the allocations');
