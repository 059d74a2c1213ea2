-- Work in progress.  step is the number of steps done; while undoing it counts down to zero.
-- lease_until is in milliseconds by the database's clock; fence rises with every owner.

CREATE TABLE operation (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('fulfil', 'retire')),
    order_id TEXT NOT NULL REFERENCES orders (id),
    state TEXT NOT NULL CHECK (state IN ('run', 'undo', 'failed', 'done', 'undone')),
    step BIGINT NOT NULL CHECK (step >= 0),
    owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    error TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX operation_live ON operation (order_id) WHERE ended_at IS NULL;

CREATE TABLE operation_step (
    operation_id TEXT NOT NULL REFERENCES operation (id),
    seq BIGINT NOT NULL,
    step TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('do', 'undo')),
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'failed')),
    note TEXT NOT NULL,
    fence BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    PRIMARY KEY (operation_id, seq)
);
