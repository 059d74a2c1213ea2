CREATE TRIGGER allocation_begins_held BEFORE INSERT ON allocation WHEN NEW.state <> 'held'
BEGIN SELECT RAISE(ABORT, 'jiyun: an allocation begins as held'); END;
-- INSERT OR REPLACE would delete the old row without asking the delete trigger, and count it twice.
CREATE TRIGGER allocation_once BEFORE INSERT ON allocation
WHEN EXISTS (
    SELECT 1 FROM allocation a
    WHERE a.id = NEW.id OR (a.order_id = NEW.order_id AND a.machine = NEW.machine
        AND a.resource_class = NEW.resource_class AND a.pool = NEW.pool)
)
BEGIN SELECT RAISE(ABORT, 'jiyun: an allocation is released, never deleted'); END;
CREATE TRIGGER allocation_moves BEFORE UPDATE ON allocation
WHEN NOT ((OLD.state = 'held' AND NEW.state IN ('active', 'released')) OR (OLD.state = 'active' AND NEW.state = 'released'))
BEGIN SELECT RAISE(ABORT, 'jiyun: an allocation goes from held to active to released and never back'); END;
CREATE TRIGGER allocation_fixed BEFORE UPDATE ON allocation
WHEN NEW.id <> OLD.id OR NEW.order_id <> OLD.order_id OR NEW.machine <> OLD.machine OR NEW.department <> OLD.department
  OR NEW.system <> OLD.system OR NEW.cloud <> OLD.cloud OR NEW.host <> OLD.host OR NEW.pool <> OLD.pool
  OR NEW.resource_class <> OLD.resource_class OR NEW.amount <> OLD.amount OR NEW.held_at <> OLD.held_at
  OR (OLD.active_at IS NOT NULL AND NEW.active_at IS NOT OLD.active_at)
BEGIN SELECT RAISE(ABORT, 'jiyun: what an allocation holds never changes'); END;
CREATE TRIGGER allocation_kept BEFORE DELETE ON allocation
BEGIN SELECT RAISE(ABORT, 'jiyun: an allocation is released, never deleted'); END;

CREATE TRIGGER allocation_counted AFTER INSERT ON allocation
BEGIN
    INSERT INTO quota_use (department, cloud, resource_class, held, active)
    SELECT ancestor, NEW.cloud, NEW.resource_class, NEW.amount, 0 FROM department_ancestor WHERE department = NEW.department
    ON CONFLICT (department, cloud, resource_class) DO UPDATE SET held = quota_use.held + excluded.held;
    INSERT INTO host_use (host, pool, resource_class, amount) VALUES (NEW.host, NEW.pool, NEW.resource_class, NEW.amount)
    ON CONFLICT (host, pool, resource_class) DO UPDATE SET amount = host_use.amount + excluded.amount;
END;
CREATE TRIGGER allocation_recounted AFTER UPDATE ON allocation
BEGIN
    UPDATE quota_use
    SET held = held - CASE OLD.state WHEN 'held' THEN OLD.amount ELSE 0 END,
        active = active - CASE OLD.state WHEN 'active' THEN OLD.amount ELSE 0 END
                        + CASE NEW.state WHEN 'active' THEN NEW.amount ELSE 0 END
    WHERE cloud = NEW.cloud AND resource_class = NEW.resource_class
      AND department IN (SELECT ancestor FROM department_ancestor WHERE department = NEW.department);
    UPDATE host_use SET amount = amount - NEW.amount
    WHERE NEW.state = 'released' AND host = NEW.host AND pool = NEW.pool AND resource_class = NEW.resource_class;
END;

-- The last word, whoever claims: use may fall while it is over a limit, but never grow past one.
CREATE TRIGGER quota_use_begins_within AFTER INSERT ON quota_use
WHEN NEW.held + NEW.active > (
    SELECT amount FROM quota_limit
    WHERE department = NEW.department AND cloud = NEW.cloud AND resource_class = NEW.resource_class
)
BEGIN SELECT RAISE(ABORT, 'jiyun: use never grows past a quota'); END;
CREATE TRIGGER quota_use_grows_within AFTER UPDATE ON quota_use
WHEN NEW.held + NEW.active > OLD.held + OLD.active AND NEW.held + NEW.active > (
    SELECT amount FROM quota_limit
    WHERE department = NEW.department AND cloud = NEW.cloud AND resource_class = NEW.resource_class
)
BEGIN SELECT RAISE(ABORT, 'jiyun: use never grows past a quota'); END;
CREATE TRIGGER quota_use_kept BEFORE DELETE ON quota_use
BEGIN SELECT RAISE(ABORT, 'jiyun: sums of use follow the allocations'); END;
CREATE TRIGGER host_use_kept BEFORE DELETE ON host_use
BEGIN SELECT RAISE(ABORT, 'jiyun: sums of use follow the allocations'); END;
