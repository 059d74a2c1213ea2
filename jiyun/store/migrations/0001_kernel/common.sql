-- The store's own row, the simulated clock, sequences and the audit chain.
-- Times are whole seconds UTC since 1970; JSON is canonical text.

CREATE TABLE store (
    singleton BIGINT PRIMARY KEY CHECK (singleton = 1),
    id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('real', 'simulated')),
    city TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE simulated_clock (
    singleton BIGINT PRIMARY KEY CHECK (singleton = 1),
    now BIGINT NOT NULL
);

CREATE TABLE sequence (
    name TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);

-- hash = SHA-256 over the canonical JSON of all other columns of the row, prev included.
CREATE TABLE audit (
    seq BIGINT PRIMARY KEY CHECK (seq > 0),
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    via TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    department TEXT NOT NULL,
    detail TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
);
CREATE INDEX audit_subject ON audit (subject, seq);
CREATE INDEX audit_department ON audit (department, seq);
