-- The usage log and the price book.  Nothing here is ever changed or taken away.
-- Times are whole seconds UTC; quantities stand in the SKU's base unit (vCPU, MiB, addresses); prices are micro-yuan.

-- effective_at is when it was true, recorded_at when the store learned it.
-- hash = SHA-256 over the canonical JSON of all other columns of the row, prev included.
CREATE TABLE usage_event (
    seq BIGINT PRIMARY KEY CHECK (seq > 0),
    event_id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL CHECK (source <> ''),
    source_sequence BIGINT NOT NULL CHECK (source_sequence >= 0),
    resource TEXT NOT NULL CHECK (resource <> ''),
    resource_kind TEXT NOT NULL CHECK (resource_kind <> ''),
    sku TEXT NOT NULL CHECK (sku <> ''),
    quantity BIGINT NOT NULL CHECK (quantity >= 0),
    department TEXT NOT NULL CHECK (department <> ''),
    system TEXT NOT NULL,
    cloud TEXT NOT NULL CHECK (cloud <> ''),
    kind TEXT NOT NULL CHECK (kind IN ('start', 'change', 'stop')),
    effective_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    CHECK (kind = 'stop' OR quantity > 0),
    CHECK (effective_at <= recorded_at)
);
CREATE INDEX usage_event_resource ON usage_event (resource, sku);
CREATE INDEX usage_event_department ON usage_event (department, resource);

CREATE TABLE price_book (
    version TEXT PRIMARY KEY CHECK (version <> ''),
    currency TEXT NOT NULL CHECK (currency = 'CNY'),
    document TEXT NOT NULL,
    synthetic BIGINT NOT NULL CHECK (synthetic IN (0, 1)),
    published_at BIGINT NOT NULL,
    published_by TEXT NOT NULL,
    digest TEXT NOT NULL
);

-- The rows of a book go in first and the book's own row seals them: so the reference is checked at commit.
CREATE TABLE price (
    book TEXT NOT NULL REFERENCES price_book (version) DEFERRABLE INITIALLY DEFERRED,
    sku TEXT NOT NULL CHECK (sku <> ''),
    tenant_class TEXT NOT NULL,
    unit TEXT NOT NULL CHECK (unit <> ''),
    micro_yuan BIGINT NOT NULL CHECK (micro_yuan >= 0),
    month_rule TEXT NOT NULL CHECK (month_rule IN ('actual', 'fixed730')),
    valid_from BIGINT NOT NULL,
    valid_to BIGINT CHECK (valid_to > valid_from),
    PRIMARY KEY (book, sku, tenant_class, valid_from)
);
CREATE INDEX price_sku ON price (sku, tenant_class);

-- A later book ends an open price; the earlier book itself stays as it was published.
CREATE TABLE price_end (
    book TEXT NOT NULL,
    sku TEXT NOT NULL,
    tenant_class TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    ends_at BIGINT NOT NULL CHECK (ends_at > valid_from),
    ended_by TEXT NOT NULL REFERENCES price_book (version) DEFERRABLE INITIALLY DEFERRED,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (book, sku, tenant_class, valid_from),
    FOREIGN KEY (book, sku, tenant_class, valid_from) REFERENCES price (book, sku, tenant_class, valid_from)
);
