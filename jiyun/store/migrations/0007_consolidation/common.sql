-- The register of the departments' old machine rooms.  Floor area in square decimetres, power in watts: whole numbers.

CREATE TABLE legacy_room_move (
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    PRIMARY KEY (from_state, to_state)
);
INSERT INTO legacy_room_move (from_state, to_state) VALUES
    ('in-use', 'migrating'),
    ('migrating', 'in-use'),  -- the migration was given up
    ('migrating', 'drained'),
    ('drained', 'powered-off'),
    ('powered-off', 'handed-over');

CREATE TABLE legacy_room (
    name TEXT PRIMARY KEY CHECK (name <> ''),
    department TEXT NOT NULL REFERENCES department (name),
    title_zh TEXT NOT NULL CHECK (title_zh <> ''),
    title_en TEXT NOT NULL,
    racks BIGINT NOT NULL CHECK (racks >= 0),
    floor_dm2 BIGINT NOT NULL CHECK (floor_dm2 >= 0),
    power_w BIGINT NOT NULL CHECK (power_w >= 0),
    state TEXT NOT NULL CHECK (state IN ('in-use', 'migrating', 'drained', 'powered-off', 'handed-over')),
    planned_closure TEXT NOT NULL,  -- a local date, 2027-06-30; empty where none is planned
    synthetic BIGINT NOT NULL CHECK (synthetic IN (0, 1)),
    surveyed_at BIGINT NOT NULL
);
CREATE INDEX legacy_room_department ON legacy_room (department, name);
