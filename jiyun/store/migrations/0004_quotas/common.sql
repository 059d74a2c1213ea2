-- Limits on the department tree, what is allocated under them, and the sums that the triggers keep.
-- A resource class is vcpu, machines, volumes, addresses (counts), memory or disk.<tier> (MiB).

-- No row: no limit is stated at that node; those above it still bind.
CREATE TABLE quota_limit (
    department TEXT NOT NULL REFERENCES department (name),
    cloud TEXT NOT NULL REFERENCES cloud (name),
    resource_class TEXT NOT NULL CHECK (resource_class <> ''),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (department, cloud, resource_class)
);

-- What one machine of one order takes of one class.  Moves held -> active -> released or held -> released.
-- pool is the storage pool that a disk amount lies in, '' for what lies in none.
CREATE TABLE allocation (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL CHECK (order_id <> ''),
    machine TEXT NOT NULL,
    department TEXT NOT NULL REFERENCES department (name),
    system TEXT NOT NULL REFERENCES system (name),
    cloud TEXT NOT NULL REFERENCES cloud (name),
    host TEXT NOT NULL REFERENCES host (name),
    pool TEXT NOT NULL,
    resource_class TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    state TEXT NOT NULL CHECK (state IN ('held', 'active', 'released')),
    held_at BIGINT NOT NULL,
    active_at BIGINT,
    released_at BIGINT,
    UNIQUE (order_id, machine, resource_class, pool),
    CHECK ((state <> 'held') OR (active_at IS NULL AND released_at IS NULL)),
    CHECK ((state <> 'active') OR (active_at IS NOT NULL AND released_at IS NULL)),
    CHECK ((state <> 'released') OR (released_at IS NOT NULL))
);

-- Sums of the allocations that are not released, written by the triggers on allocation and by nothing else.
-- One row for each node of the tree that has any in its subtree.
CREATE TABLE quota_use (
    department TEXT NOT NULL REFERENCES department (name),
    cloud TEXT NOT NULL,
    resource_class TEXT NOT NULL,
    held BIGINT NOT NULL CHECK (held >= 0),
    active BIGINT NOT NULL CHECK (active >= 0),
    PRIMARY KEY (department, cloud, resource_class)
);

-- The same by host and storage pool, held and active together: what placement asks.
CREATE TABLE host_use (
    host TEXT NOT NULL REFERENCES host (name),
    pool TEXT NOT NULL,
    resource_class TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (host, pool, resource_class)
);
