-- Applications: one row each, its moves, its four review items (M30).

CREATE TABLE order_move (
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    PRIMARY KEY (from_state, to_state)
);
INSERT INTO order_move (from_state, to_state) VALUES
    ('submitted', 'reviewed'),
    ('submitted', 'rejected'),
    ('submitted', 'withdrawn'),
    ('reviewed', 'approved'),
    ('reviewed', 'rejected'),
    ('reviewed', 'withdrawn'),
    ('approved', 'provisioning'),
    ('approved', 'cancelling'),
    ('provisioning', 'active'),
    ('provisioning', 'failed'),
    ('provisioning', 'cancelling'),
    ('failed', 'provisioning'),
    ('failed', 'cancelling'),
    ('cancelling', 'cancelled'),
    ('active', 'deleting'),
    ('deleting', 'deleted');

-- spec is what was applied for; plan is what was approved, plan_hash its SHA-256.
CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    department TEXT NOT NULL REFERENCES department (name),
    system TEXT NOT NULL REFERENCES system (name),
    cloud TEXT NOT NULL REFERENCES cloud (name),
    applicant TEXT NOT NULL,
    spec TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    plan TEXT NOT NULL,
    plan_hash TEXT NOT NULL,
    submitted_at BIGINT NOT NULL,
    moved_at BIGINT NOT NULL
);
CREATE INDEX orders_department ON orders (department, state);
CREATE INDEX orders_state ON orders (state, id);

CREATE TABLE order_event (
    order_id TEXT NOT NULL REFERENCES orders (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (order_id, seq)
);

CREATE TABLE review (
    order_id TEXT NOT NULL REFERENCES orders (id),
    item TEXT NOT NULL CHECK (item IN ('feasibility', 'reasonableness', 'security', 'standards')),
    result TEXT NOT NULL CHECK (result IN ('pass', 'fail')),
    reviewer TEXT NOT NULL,
    comment TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (order_id, item)
);
