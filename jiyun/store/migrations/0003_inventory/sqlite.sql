CREATE TRIGGER image_content_fixed BEFORE UPDATE OF name, digest, spec, added_at, added_by ON image_content
BEGIN SELECT RAISE(ABORT, 'jiyun: an image never changes'); END;
CREATE TRIGGER machine_plan_fixed BEFORE UPDATE OF spec, order_id, host, image_digest ON machine
BEGIN SELECT RAISE(ABORT, 'jiyun: an approved plan never changes'); END;
CREATE TRIGGER segment_in_use BEFORE UPDATE OF ipv4_cidr, ipv6_cidr, department, cloud ON segment
WHEN (NEW.ipv4_cidr <> OLD.ipv4_cidr OR NEW.ipv6_cidr <> OLD.ipv6_cidr OR NEW.department <> OLD.department OR NEW.cloud <> OLD.cloud)
 AND EXISTS (SELECT 1 FROM address WHERE segment = OLD.name AND released_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'jiyun: a segment with machines in it keeps its addresses, department and cloud'); END;
CREATE TRIGGER pool_in_use BEFORE UPDATE OF path, tier ON pool
WHEN (NEW.path <> OLD.path OR NEW.tier <> OLD.tier)
 AND EXISTS (SELECT 1 FROM volume WHERE host = OLD.host AND pool = OLD.name AND state <> 'wiped')
BEGIN SELECT RAISE(ABORT, 'jiyun: a pool with volumes in it keeps its path and tier'); END;
CREATE TRIGGER system_in_use BEFORE UPDATE OF department, cloud, protection_level ON system
WHEN (NEW.department <> OLD.department OR NEW.cloud <> OLD.cloud OR NEW.protection_level < OLD.protection_level)
 AND EXISTS (SELECT 1 FROM machine WHERE system = OLD.name AND ended_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'jiyun: a system with machines keeps its department and cloud, and its protection level does not fall'); END;
