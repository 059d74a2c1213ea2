-- name: insert
INSERT INTO orders (id, department, system, cloud, applicant, spec, state, reason, plan, plan_hash, submitted_at, moved_at)
VALUES (:id, :department, :system, :cloud, :applicant, :spec, 'submitted', '', '', '', :at, :at);
-- name: order
SELECT id, department, system, cloud, applicant, spec, state, reason, plan, plan_hash, submitted_at, moved_at FROM orders WHERE id = :id;
-- name: orders
SELECT id, department, system, cloud, applicant, state, reason, submitted_at, moved_at FROM orders
WHERE :state = '' OR state = :state ORDER BY id;
-- name: set_state
UPDATE orders SET state = :state, reason = :reason, moved_at = :at WHERE id = :id;
-- name: set_plan
UPDATE orders SET plan = :plan, plan_hash = :plan_hash WHERE id = :id;
-- name: insert_event
INSERT INTO order_event (order_id, seq, at, actor, from_state, to_state, reason)
SELECT :order_id, coalesce(max(seq), 0) + 1, :at, :actor, :from_state, :to_state, :reason FROM order_event WHERE order_id = :order_id;
-- name: events
SELECT seq, at, actor, from_state, to_state, reason FROM order_event WHERE order_id = :order_id ORDER BY seq;
-- name: insert_review
INSERT INTO review (order_id, item, result, reviewer, comment, at) VALUES (:order_id, :item, :result, :reviewer, :comment, :at);
-- name: reviews
SELECT item, result, reviewer, comment, at FROM review WHERE order_id = :order_id ORDER BY item;
