-- name: usage_head
SELECT seq, hash, recorded_at FROM usage_event ORDER BY seq DESC LIMIT 1;

-- name: usage_head_at
SELECT seq, hash FROM usage_event WHERE recorded_at <= :cutoff ORDER BY seq DESC LIMIT 1;

-- name: usage_by_id
SELECT seq, source, source_sequence, resource, resource_kind, sku, quantity, department, system, cloud, kind, effective_at
FROM usage_event WHERE event_id = :event_id;

-- name: usage_insert
INSERT INTO usage_event (seq, event_id, source, source_sequence, resource, resource_kind, sku, quantity, department, system,
    cloud, kind, effective_at, recorded_at, prev, hash)
VALUES (:seq, :event_id, :source, :source_sequence, :resource, :resource_kind, :sku, :quantity, :department, :system,
    :cloud, :kind, :effective_at, :recorded_at, :prev, :hash);

-- name: usage_page
SELECT seq, event_id, source, source_sequence, resource, resource_kind, sku, quantity, department, system,
    cloud, kind, effective_at, recorded_at, prev, hash
FROM usage_event WHERE seq > :after ORDER BY seq LIMIT :count;

-- name: usage_resources
SELECT DISTINCT resource FROM usage_event
WHERE department = :department AND resource > :after AND recorded_at <= :cutoff AND effective_at < :before
ORDER BY resource LIMIT :count;

-- name: usage_of_resources
SELECT source, source_sequence, resource, resource_kind, sku, quantity, department, system, cloud, kind, effective_at
FROM usage_event
WHERE resource IN (
        SELECT resource FROM usage_event WHERE department = :department AND resource > :after AND resource <= :last
    )
  AND recorded_at <= :cutoff AND effective_at < :before
ORDER BY resource, sku;

-- name: usage_running
SELECT resource FROM usage_event WHERE resource_kind = 'machine' GROUP BY resource
HAVING sum(CASE kind WHEN 'start' THEN 1 WHEN 'stop' THEN -1 ELSE 0 END) > 0;

-- name: book_digest
SELECT digest FROM price_book WHERE version = :version;

-- name: book_insert
INSERT INTO price_book (version, currency, document, synthetic, published_at, published_by, digest)
VALUES (:version, 'CNY', :document, :synthetic, :published_at, :published_by, :digest);

-- name: synthetic_books
SELECT version FROM price_book WHERE synthetic = 1;

-- name: price_insert
INSERT INTO price (book, sku, tenant_class, unit, micro_yuan, month_rule, valid_from, valid_to)
VALUES (:book, :sku, :tenant_class, :unit, :micro_yuan, :month_rule, :valid_from, :valid_to);

-- name: price_end_insert
INSERT INTO price_end (book, sku, tenant_class, valid_from, ends_at, ended_by, recorded_at)
VALUES (:book, :sku, :tenant_class, :valid_from, :ends_at, :ended_by, :recorded_at);

-- name: prices_known
SELECT p.book, p.sku, p.tenant_class, p.unit, p.micro_yuan, p.month_rule, p.valid_from, coalesce(p.valid_to, e.ends_at) AS valid_to
FROM price p
JOIN price_book b ON b.version = p.book AND b.published_at <= :cutoff
LEFT JOIN price_end e ON e.book = p.book AND e.sku = p.sku AND e.tenant_class = p.tenant_class
    AND e.valid_from = p.valid_from AND e.recorded_at <= :cutoff
ORDER BY p.sku, p.tenant_class, p.valid_from;
