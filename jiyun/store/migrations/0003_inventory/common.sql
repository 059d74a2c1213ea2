-- Sites, clouds, hosts, pools, segments, systems, flavors, images; machines, volumes and addresses.
-- What the estate file declares has `synthetic` = 1 where its figures are invented.

CREATE TABLE site (
    name TEXT PRIMARY KEY,
    title_zh TEXT NOT NULL,
    title_en TEXT NOT NULL,
    synthetic BIGINT NOT NULL CHECK (synthetic IN (0, 1))
);

CREATE TABLE cloud (
    name TEXT PRIMARY KEY CHECK (name IN ('administrative', 'public')),
    title_zh TEXT NOT NULL,
    title_en TEXT NOT NULL
);

-- vcpu_ratio is in percent: 1600 offers sixteen vCPUs for each processor.
-- virt_type is what a probe proved ('' before the first probe); facts is the probe's record.
CREATE TABLE host (
    name TEXT PRIMARY KEY,
    site TEXT NOT NULL REFERENCES site (name),
    uri TEXT NOT NULL,
    clouds TEXT NOT NULL,
    virtualisation TEXT NOT NULL CHECK (virtualisation IN ('auto', 'kvm', 'qemu')),
    vcpus BIGINT NOT NULL CHECK (vcpus > 0),
    vcpu_ratio BIGINT NOT NULL CHECK (vcpu_ratio >= 100),
    memory_mib BIGINT NOT NULL CHECK (memory_mib > 0),
    protection_level BIGINT NOT NULL CHECK (protection_level BETWEEN 1 AND 4),
    synthetic BIGINT NOT NULL CHECK (synthetic IN (0, 1)),
    virt_type TEXT NOT NULL DEFAULT '' CHECK (virt_type IN ('', 'kvm', 'qemu')),
    facts TEXT NOT NULL DEFAULT '{}',
    probed_at BIGINT
);

CREATE TABLE pool (
    host TEXT NOT NULL REFERENCES host (name),
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    tier TEXT NOT NULL,
    capacity_mib BIGINT NOT NULL CHECK (capacity_mib > 0),
    PRIMARY KEY (host, name)
);

CREATE TABLE segment (
    name TEXT PRIMARY KEY,
    department TEXT NOT NULL REFERENCES department (name),
    cloud TEXT NOT NULL REFERENCES cloud (name),
    site TEXT NOT NULL REFERENCES site (name),
    ipv4_cidr TEXT NOT NULL UNIQUE,
    ipv6_cidr TEXT NOT NULL,
    egress TEXT NOT NULL CHECK (egress = 'unified'),
    synthetic BIGINT NOT NULL CHECK (synthetic IN (0, 1))
);

CREATE TABLE system (
    name TEXT PRIMARY KEY,
    department TEXT NOT NULL REFERENCES department (name),
    title_zh TEXT NOT NULL,
    title_en TEXT NOT NULL,
    cloud TEXT NOT NULL REFERENCES cloud (name),
    protection_level BIGINT NOT NULL CHECK (protection_level BETWEEN 1 AND 4),
    sharing TEXT NOT NULL CHECK (sharing IN ('shared', 'registered', 'missing')),
    directory_entry TEXT NOT NULL,
    unnamed_in_source BIGINT NOT NULL CHECK (unnamed_in_source IN (0, 1)),
    source TEXT NOT NULL,
    synthetic BIGINT NOT NULL CHECK (synthetic IN (0, 1))
);

-- A department's own equipment that stands at a city site (M06).
CREATE TABLE hosting (
    name TEXT PRIMARY KEY,
    department TEXT NOT NULL REFERENCES department (name),
    title_zh TEXT NOT NULL,
    title_en TEXT NOT NULL,
    site TEXT NOT NULL REFERENCES site (name),
    servers BIGINT NOT NULL CHECK (servers > 0),
    rack_units BIGINT NOT NULL CHECK (rack_units > 0),
    power_watts BIGINT NOT NULL CHECK (power_watts > 0),
    source TEXT NOT NULL,
    synthetic BIGINT NOT NULL CHECK (synthetic IN (0, 1))
);

CREATE TABLE flavor (
    name TEXT PRIMARY KEY,
    vcpus BIGINT NOT NULL CHECK (vcpus > 0),
    memory_mib BIGINT NOT NULL CHECK (memory_mib > 0),
    root_mib BIGINT NOT NULL CHECK (root_mib > 0),
    synthetic BIGINT NOT NULL CHECK (synthetic IN (0, 1))
);

-- A declared name; what it holds stands in image_content, whose rows never change.
CREATE TABLE image (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('debian', 'disk', 'tiny')),
    origin TEXT NOT NULL,
    sha256 TEXT NOT NULL
);

CREATE TABLE image_content (
    name TEXT NOT NULL REFERENCES image (name),
    digest TEXT NOT NULL,
    spec TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    added_by TEXT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (name, digest)
);
CREATE UNIQUE INDEX image_current ON image_content (name) WHERE removed_at IS NULL;

-- spec is the approved MachineSpec as canonical JSON; power is the last state that was seen or made.
CREATE TABLE machine (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    hostname TEXT NOT NULL,
    department TEXT NOT NULL REFERENCES department (name),
    system TEXT NOT NULL REFERENCES system (name),
    cloud TEXT NOT NULL REFERENCES cloud (name),
    host TEXT NOT NULL REFERENCES host (name),
    segment TEXT NOT NULL REFERENCES segment (name),
    flavor TEXT NOT NULL,
    image TEXT NOT NULL,
    image_digest TEXT NOT NULL,
    vcpus BIGINT NOT NULL,
    memory_mib BIGINT NOT NULL,
    ipv4 TEXT NOT NULL,
    spec TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'active', 'deleting', 'deleted', 'cancelled')),
    power TEXT NOT NULL CHECK (power IN ('absent', 'off', 'running', 'paused', 'crashed', 'other')),
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX machine_department ON machine (department, state);
CREATE UNIQUE INDEX machine_hostname ON machine (department, hostname) WHERE ended_at IS NULL;

CREATE TABLE volume (
    id TEXT PRIMARY KEY,
    machine TEXT NOT NULL REFERENCES machine (id),
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    pool TEXT NOT NULL,
    tier TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('root', 'data')),
    size_mib BIGINT NOT NULL CHECK (size_mib > 0),
    state TEXT NOT NULL CHECK (state IN ('planned', 'present', 'wiped')),
    wiped_by TEXT NOT NULL DEFAULT '',
    FOREIGN KEY (host, pool) REFERENCES pool (host, name)
);
CREATE INDEX volume_machine ON volume (machine);

-- One row for each address given out; the address is free again when released_at is set.
CREATE TABLE address (
    segment TEXT NOT NULL REFERENCES segment (name),
    ipv4 TEXT NOT NULL,
    ipv6 TEXT NOT NULL,
    mac TEXT NOT NULL,
    machine TEXT NOT NULL REFERENCES machine (id),
    held_at BIGINT NOT NULL,
    released_at BIGINT
);
CREATE UNIQUE INDEX address_live ON address (segment, ipv4) WHERE released_at IS NULL;
CREATE INDEX address_machine ON address (machine);
