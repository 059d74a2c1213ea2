-- name: site
SELECT name, title_zh, title_en, synthetic FROM site WHERE name = :name;
-- name: put_site
INSERT INTO site (name, title_zh, title_en, synthetic) VALUES (:name, :title_zh, :title_en, :synthetic)
ON CONFLICT (name) DO UPDATE SET title_zh = excluded.title_zh, title_en = excluded.title_en, synthetic = excluded.synthetic;

-- name: cloud
SELECT name, title_zh, title_en FROM cloud WHERE name = :name;
-- name: put_cloud
INSERT INTO cloud (name, title_zh, title_en) VALUES (:name, :title_zh, :title_en)
ON CONFLICT (name) DO UPDATE SET title_zh = excluded.title_zh, title_en = excluded.title_en;

-- name: host_declared
SELECT name, site, uri, clouds, virtualisation, vcpus, vcpu_ratio, memory_mib, protection_level, synthetic FROM host WHERE name = :name;
-- name: put_host
INSERT INTO host (name, site, uri, clouds, virtualisation, vcpus, vcpu_ratio, memory_mib, protection_level, synthetic)
VALUES (:name, :site, :uri, :clouds, :virtualisation, :vcpus, :vcpu_ratio, :memory_mib, :protection_level, :synthetic)
ON CONFLICT (name) DO UPDATE SET site = excluded.site, uri = excluded.uri, clouds = excluded.clouds,
    virtualisation = excluded.virtualisation, vcpus = excluded.vcpus, vcpu_ratio = excluded.vcpu_ratio,
    memory_mib = excluded.memory_mib, protection_level = excluded.protection_level, synthetic = excluded.synthetic;

-- name: hosts
SELECT name, site, uri, clouds, virtualisation, vcpus, vcpu_ratio, memory_mib, protection_level, synthetic, virt_type, facts, probed_at
FROM host ORDER BY name;
-- name: host
SELECT name, site, uri, clouds, virtualisation, vcpus, vcpu_ratio, memory_mib, protection_level, synthetic, virt_type, facts, probed_at
FROM host WHERE name = :name;
-- name: set_host_probe
UPDATE host SET virt_type = :virt_type, facts = :facts, probed_at = :probed_at WHERE name = :name;

-- name: pool
SELECT host, name, path, tier, capacity_mib FROM pool WHERE host = :host AND name = :name;
-- name: put_pool
INSERT INTO pool (host, name, path, tier, capacity_mib) VALUES (:host, :name, :path, :tier, :capacity_mib)
ON CONFLICT (host, name) DO UPDATE SET path = excluded.path, tier = excluded.tier, capacity_mib = excluded.capacity_mib;
-- name: pools
SELECT host, name, path, tier, capacity_mib FROM pool ORDER BY host, name;

-- name: segment
SELECT name, department, cloud, site, ipv4_cidr, ipv6_cidr, egress, synthetic FROM segment WHERE name = :name;
-- name: put_segment
INSERT INTO segment (name, department, cloud, site, ipv4_cidr, ipv6_cidr, egress, synthetic)
VALUES (:name, :department, :cloud, :site, :ipv4_cidr, :ipv6_cidr, :egress, :synthetic)
ON CONFLICT (name) DO UPDATE SET department = excluded.department, cloud = excluded.cloud, site = excluded.site,
    ipv4_cidr = excluded.ipv4_cidr, ipv6_cidr = excluded.ipv6_cidr, egress = excluded.egress, synthetic = excluded.synthetic;
-- name: segments
SELECT s.name, s.department, s.cloud, s.site, s.ipv4_cidr, s.ipv6_cidr, s.egress,
    (SELECT count(*) FROM address a WHERE a.segment = s.name AND a.released_at IS NULL) AS used
FROM segment s ORDER BY s.name;

-- name: system
SELECT name, department, title_zh, title_en, cloud, protection_level, sharing, directory_entry, unnamed_in_source, source, synthetic
FROM system WHERE name = :name;
-- name: put_system
INSERT INTO system (name, department, title_zh, title_en, cloud, protection_level, sharing, directory_entry, unnamed_in_source, source, synthetic)
VALUES (:name, :department, :title_zh, :title_en, :cloud, :protection_level, :sharing, :directory_entry, :unnamed_in_source, :source, :synthetic)
ON CONFLICT (name) DO UPDATE SET department = excluded.department, title_zh = excluded.title_zh, title_en = excluded.title_en,
    cloud = excluded.cloud, protection_level = excluded.protection_level, sharing = excluded.sharing, directory_entry = excluded.directory_entry,
    unnamed_in_source = excluded.unnamed_in_source, source = excluded.source, synthetic = excluded.synthetic;
-- name: systems
SELECT s.name, s.department, s.title_zh, s.title_en, s.cloud, s.protection_level, s.sharing, s.directory_entry, s.unnamed_in_source, s.source,
    (SELECT count(*) FROM machine m WHERE m.system = s.name AND m.ended_at IS NULL) AS machines
FROM system s ORDER BY s.name;

-- name: hosting
SELECT name, department, title_zh, title_en, site, servers, rack_units, power_watts, source, synthetic FROM hosting WHERE name = :name;
-- name: put_hosting
INSERT INTO hosting (name, department, title_zh, title_en, site, servers, rack_units, power_watts, source, synthetic)
VALUES (:name, :department, :title_zh, :title_en, :site, :servers, :rack_units, :power_watts, :source, :synthetic)
ON CONFLICT (name) DO UPDATE SET department = excluded.department, title_zh = excluded.title_zh, title_en = excluded.title_en,
    site = excluded.site, servers = excluded.servers, rack_units = excluded.rack_units, power_watts = excluded.power_watts,
    source = excluded.source, synthetic = excluded.synthetic;

-- name: flavor
SELECT name, vcpus, memory_mib, root_mib, synthetic FROM flavor WHERE name = :name;
-- name: put_flavor
INSERT INTO flavor (name, vcpus, memory_mib, root_mib, synthetic) VALUES (:name, :vcpus, :memory_mib, :root_mib, :synthetic)
ON CONFLICT (name) DO UPDATE SET vcpus = excluded.vcpus, memory_mib = excluded.memory_mib, root_mib = excluded.root_mib,
    synthetic = excluded.synthetic;

-- name: image
SELECT name, kind, origin, sha256 FROM image WHERE name = :name;
-- name: put_image
INSERT INTO image (name, kind, origin, sha256) VALUES (:name, :kind, :origin, :sha256)
ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, origin = excluded.origin, sha256 = excluded.sha256;
-- name: images
SELECT i.name, i.kind, i.origin, c.digest, c.spec, c.added_at, c.added_by,
    (SELECT count(*) FROM machine m WHERE m.image_digest = c.digest AND m.ended_at IS NULL) AS machines
FROM image i LEFT JOIN image_content c ON c.name = i.name AND c.removed_at IS NULL ORDER BY i.name;
-- name: current_content
SELECT name, digest, spec, added_at, added_by FROM image_content WHERE name = :name AND removed_at IS NULL;
-- name: content
SELECT name, digest, spec, removed_at FROM image_content WHERE name = :name AND digest = :digest;
-- name: insert_content
INSERT INTO image_content (name, digest, spec, added_at, added_by) VALUES (:name, :digest, :spec, :at, :by);
-- name: restore_content
UPDATE image_content SET removed_at = NULL WHERE name = :name AND digest = :digest;
-- name: retire_content
UPDATE image_content SET removed_at = :at WHERE name = :name AND removed_at IS NULL;
-- name: machines_with_image
SELECT id, hostname, department FROM machine WHERE image_digest = :digest AND ended_at IS NULL ORDER BY id;

-- name: insert_machine
INSERT INTO machine (id, order_id, name, hostname, department, system, cloud, host, segment, flavor, image, image_digest,
    vcpus, memory_mib, ipv4, spec, state, power, created_at)
VALUES (:id, :order_id, :name, :hostname, :department, :system, :cloud, :host, :segment, :flavor, :image, :image_digest,
    :vcpus, :memory_mib, :ipv4, :spec, 'planned', 'absent', :created_at);
-- name: machines
SELECT id, order_id, hostname, department, system, cloud, host, segment, flavor, image, vcpus, memory_mib, ipv4, state, power, created_at
FROM machine WHERE ended_at IS NULL ORDER BY id;
-- name: machines_all
SELECT id, order_id, hostname, department, system, cloud, host, segment, flavor, image, vcpus, memory_mib, ipv4, state, power, created_at
FROM machine ORDER BY id;
-- name: machine
SELECT id, order_id, name, hostname, department, system, cloud, host, segment, flavor, image, image_digest, vcpus, memory_mib,
    ipv4, spec, state, power, created_at, ended_at
FROM machine WHERE id = :id;
-- name: machines_named
SELECT id, department FROM machine WHERE hostname = :hostname AND ended_at IS NULL ORDER BY id;
-- name: machine_of_order
SELECT id FROM machine WHERE order_id = :order_id;
-- name: live_specs
SELECT id, host, state, power, spec FROM machine WHERE ended_at IS NULL ORDER BY id;
-- name: ended_specs
SELECT host, spec FROM machine WHERE ended_at IS NOT NULL ORDER BY id;
-- name: set_machine_state
UPDATE machine SET state = :state WHERE id = :id;
-- name: end_machine
UPDATE machine SET state = :state, power = 'absent', ended_at = :at WHERE id = :id AND ended_at IS NULL;
-- name: set_power
UPDATE machine SET power = :power WHERE id = :id AND power <> :power AND ended_at IS NULL;
-- name: hostname_taken
SELECT id FROM machine WHERE department = :department AND hostname = :hostname AND ended_at IS NULL;
-- name: segment_host
SELECT host FROM machine WHERE segment = :segment AND ended_at IS NULL ORDER BY id LIMIT 1;
-- name: segment_neighbours
SELECT count(*) AS others FROM address WHERE segment = :segment AND released_at IS NULL AND machine <> :machine;

-- name: insert_volume
INSERT INTO volume (id, machine, name, host, pool, tier, role, size_mib, state)
VALUES (:id, :machine, :name, :host, :pool, :tier, :role, :size_mib, 'planned');
-- name: volumes
SELECT v.id, v.machine, m.hostname, m.department, v.host, v.pool, v.tier, v.role, v.size_mib, v.state, v.wiped_by
FROM volume v JOIN machine m ON m.id = v.machine WHERE v.state <> 'wiped' ORDER BY v.id;
-- name: volumes_of
SELECT id, machine, name, host, pool, tier, role, size_mib, state, wiped_by FROM volume WHERE machine = :machine ORDER BY role DESC, id;
-- name: volumes_present
UPDATE volume SET state = 'present' WHERE machine = :machine AND state = 'planned';
-- name: volumes_wiped
UPDATE volume SET state = 'wiped', wiped_by = :method WHERE machine = :machine AND state <> 'wiped';

-- name: taken_addresses
SELECT ipv4 FROM address WHERE segment = :segment AND released_at IS NULL;
-- name: holding_addresses
SELECT machine FROM address WHERE released_at IS NULL;
-- name: insert_address
INSERT INTO address (segment, ipv4, ipv6, mac, machine, held_at) VALUES (:segment, :ipv4, :ipv6, :mac, :machine, :held_at);
-- name: release_addresses
UPDATE address SET released_at = :at WHERE machine = :machine AND released_at IS NULL;

-- name: flavors
SELECT name, vcpus, memory_mib, root_mib, synthetic FROM flavor ORDER BY vcpus, memory_mib, name;
