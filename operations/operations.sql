-- name: insert
INSERT INTO operation (id, kind, order_id, state, step, owner, lease_until, fence, error, created_at)
VALUES (:id, :kind, :order_id, 'run', 0, '', 0, 0, '', :at);
-- name: live
SELECT id, kind, order_id, state, step, owner, lease_until, fence, error, created_at, ended_at
FROM operation WHERE order_id = :order_id AND ended_at IS NULL;
-- name: all_live
SELECT id, kind, order_id, state, step, owner, lease_until, fence, error, created_at FROM operation WHERE ended_at IS NULL ORDER BY id;
-- name: count_of_order
SELECT count(*) AS found FROM operation WHERE order_id = :order_id;
-- name: take
UPDATE operation SET owner = :owner, lease_until = :lease_until, fence = fence + 1, state = :state, error = '' WHERE id = :id;
-- name: renew
UPDATE operation SET lease_until = :lease_until WHERE id = :id AND fence = :fence;
-- name: checkpoint
UPDATE operation SET step = :step WHERE id = :id AND fence = :fence;
-- name: finish
UPDATE operation SET state = :state, step = :step, owner = '', lease_until = 0, ended_at = :at WHERE id = :id AND fence = :fence;
-- name: fail
UPDATE operation SET state = :state, owner = '', lease_until = 0, error = :error WHERE id = :id AND fence = :fence;
-- name: let_go
UPDATE operation SET owner = '', lease_until = 0 WHERE id = :id AND fence = :fence;
-- name: log
INSERT INTO operation_step (operation_id, seq, step, direction, outcome, note, fence, started_at, ended_at)
SELECT :id, coalesce(max(seq), 0) + 1, :step, :direction, :outcome, :note, :fence, :started_at, :ended_at
FROM operation_step WHERE operation_id = :id;
-- name: steps
SELECT s.seq, s.step, s.direction, s.outcome, s.note, s.fence, s.started_at, s.ended_at, o.kind
FROM operation_step s JOIN operation o ON o.id = s.operation_id WHERE o.order_id = :order_id ORDER BY o.created_at, o.kind, s.seq;
