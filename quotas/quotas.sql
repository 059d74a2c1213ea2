-- name: limit
SELECT amount FROM quota_limit WHERE department = :department AND cloud = :cloud AND resource_class = :resource_class;

-- name: limits
SELECT department, cloud, resource_class, amount FROM quota_limit;

-- name: limits_in_cloud
SELECT department, resource_class, amount FROM quota_limit WHERE cloud = :cloud;

-- name: limit_insert
INSERT INTO quota_limit (department, cloud, resource_class, amount) VALUES (:department, :cloud, :resource_class, :amount);

-- name: limit_update
UPDATE quota_limit SET amount = :amount WHERE department = :department AND cloud = :cloud AND resource_class = :resource_class;

-- name: use
SELECT held + active AS used FROM quota_use
WHERE department = :department AND cloud = :cloud AND resource_class = :resource_class;

-- name: use_in_cloud
SELECT department, resource_class, held, active FROM quota_use WHERE cloud = :cloud;

-- name: room_at_node
SELECT l.resource_class, l.amount, coalesce(u.held + u.active, 0) AS used
FROM quota_limit l
LEFT JOIN quota_use u ON u.department = l.department AND u.cloud = l.cloud AND u.resource_class = l.resource_class
WHERE l.department = :department AND l.cloud = :cloud;

-- name: allocation_insert
INSERT INTO allocation (
    id, order_id, machine, department, system, cloud, host, pool, resource_class, amount, state, held_at
)
VALUES (
    :id, :order_id, :machine, :department, :system, :cloud, :host, :pool, :resource_class, :amount, 'held', :held_at
);

-- name: allocations
SELECT id, order_id, machine, department, system, cloud, host, pool, resource_class, amount, state,
    held_at, active_at, released_at
FROM allocation WHERE order_id = :order_id;

-- name: activate
UPDATE allocation SET state = 'active', active_at = :now WHERE order_id = :order_id AND state = 'held';

-- name: release
UPDATE allocation SET state = 'released', released_at = :now WHERE order_id = :order_id AND state <> 'released';

-- name: host_use
SELECT host, resource_class, CAST(sum(amount) AS BIGINT) AS amount FROM host_use
GROUP BY host, resource_class HAVING sum(amount) > 0;

-- name: pool_use
SELECT host, pool, CAST(sum(amount) AS BIGINT) AS amount FROM host_use
WHERE pool <> '' AND resource_class LIKE 'disk.%'
GROUP BY host, pool HAVING sum(amount) > 0;

-- name: kept_nodes
SELECT department AS place, cloud AS within, resource_class, held, active FROM quota_use WHERE held + active > 0;

-- name: counted_nodes
SELECT a.ancestor AS place, x.cloud AS within, x.resource_class,
    CAST(sum(CASE x.state WHEN 'held' THEN x.amount ELSE 0 END) AS BIGINT) AS held,
    CAST(sum(CASE x.state WHEN 'active' THEN x.amount ELSE 0 END) AS BIGINT) AS active
FROM allocation x JOIN department_ancestor a ON a.department = x.department
WHERE x.state <> 'released'
GROUP BY a.ancestor, x.cloud, x.resource_class;

-- name: kept_hosts
SELECT host AS place, pool AS within, resource_class, amount FROM host_use WHERE amount > 0;

-- name: counted_hosts
SELECT host AS place, pool AS within, resource_class, CAST(sum(amount) AS BIGINT) AS amount
FROM allocation WHERE state <> 'released'
GROUP BY host, pool, resource_class;

-- name: claims_of_orders
SELECT DISTINCT order_id, state FROM allocation ORDER BY order_id, state;
