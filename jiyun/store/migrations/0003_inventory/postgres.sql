CREATE TRIGGER image_content_fixed BEFORE UPDATE OF name, digest, spec, added_at, added_by ON image_content
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('an image never changes');
CREATE TRIGGER machine_plan_fixed BEFORE UPDATE OF spec, order_id, host, image_digest ON machine
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('an approved plan never changes');

CREATE FUNCTION jiyun_segment_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM address WHERE segment = OLD.name AND released_at IS NULL) THEN
        RAISE EXCEPTION 'jiyun: a segment with machines in it keeps its addresses, department and cloud';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER segment_in_use BEFORE UPDATE ON segment FOR EACH ROW
WHEN (NEW.ipv4_cidr <> OLD.ipv4_cidr OR NEW.ipv6_cidr <> OLD.ipv6_cidr OR NEW.department <> OLD.department OR NEW.cloud <> OLD.cloud)
EXECUTE FUNCTION jiyun_segment_in_use();

CREATE FUNCTION jiyun_pool_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM volume WHERE host = OLD.host AND pool = OLD.name AND state <> 'wiped') THEN
        RAISE EXCEPTION 'jiyun: a pool with volumes in it keeps its path and tier';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pool_in_use BEFORE UPDATE ON pool FOR EACH ROW
WHEN (NEW.path <> OLD.path OR NEW.tier <> OLD.tier)
EXECUTE FUNCTION jiyun_pool_in_use();

CREATE FUNCTION jiyun_system_in_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM machine WHERE system = OLD.name AND ended_at IS NULL) THEN
        RAISE EXCEPTION 'jiyun: a system with machines keeps its department and cloud, and its protection level does not fall';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER system_in_use BEFORE UPDATE ON system FOR EACH ROW
WHEN (NEW.department <> OLD.department OR NEW.cloud <> OLD.cloud OR NEW.protection_level < OLD.protection_level)
EXECUTE FUNCTION jiyun_system_in_use();
