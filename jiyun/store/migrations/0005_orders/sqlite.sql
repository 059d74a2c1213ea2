CREATE TRIGGER orders_begin BEFORE INSERT ON orders WHEN NEW.state <> 'submitted'
BEGIN SELECT RAISE(ABORT, 'jiyun: an order begins as submitted'); END;
-- INSERT OR REPLACE would delete the old row without asking the delete trigger.
CREATE TRIGGER orders_once BEFORE INSERT ON orders WHEN EXISTS (SELECT 1 FROM orders WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'jiyun: orders are kept'); END;
CREATE TRIGGER order_event_once BEFORE INSERT ON order_event
WHEN EXISTS (SELECT 1 FROM order_event WHERE order_id = NEW.order_id AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'jiyun: order events are append-only'); END;
CREATE TRIGGER review_once BEFORE INSERT ON review
WHEN EXISTS (SELECT 1 FROM review WHERE order_id = NEW.order_id AND item = NEW.item)
BEGIN SELECT RAISE(ABORT, 'jiyun: a review is append-only'); END;
CREATE TRIGGER orders_move BEFORE UPDATE OF state ON orders
WHEN NOT EXISTS (SELECT 1 FROM order_move WHERE from_state = OLD.state AND to_state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'jiyun: an order cannot move between these two states'); END;
CREATE TRIGGER orders_reviewed BEFORE UPDATE OF state ON orders
WHEN NEW.state = 'reviewed' AND (SELECT count(*) FROM review WHERE order_id = NEW.id AND result = 'pass') <> 4
BEGIN SELECT RAISE(ABORT, 'jiyun: an order is reviewed when all four items have passed'); END;
CREATE TRIGGER orders_spec_fixed BEFORE UPDATE OF spec, department, system, cloud, applicant ON orders
BEGIN SELECT RAISE(ABORT, 'jiyun: what was applied for never changes'); END;
CREATE TRIGGER orders_plan_fixed BEFORE UPDATE OF plan, plan_hash ON orders
WHEN OLD.plan_hash <> '' AND (NEW.plan <> OLD.plan OR NEW.plan_hash <> OLD.plan_hash)
BEGIN SELECT RAISE(ABORT, 'jiyun: an approved plan never changes'); END;
CREATE TRIGGER orders_kept BEFORE DELETE ON orders BEGIN SELECT RAISE(ABORT, 'jiyun: orders are kept'); END;
CREATE TRIGGER order_event_update BEFORE UPDATE ON order_event BEGIN SELECT RAISE(ABORT, 'jiyun: order events are append-only'); END;
CREATE TRIGGER order_event_delete BEFORE DELETE ON order_event BEGIN SELECT RAISE(ABORT, 'jiyun: order events are append-only'); END;
CREATE TRIGGER review_update BEFORE UPDATE ON review BEGIN SELECT RAISE(ABORT, 'jiyun: a review is append-only'); END;
CREATE TRIGGER review_delete BEFORE DELETE ON review BEGIN SELECT RAISE(ABORT, 'jiyun: a review is append-only'); END;
CREATE TRIGGER order_move_insert BEFORE INSERT ON order_move BEGIN SELECT RAISE(ABORT, 'jiyun: the table of moves changes by migration only'); END;
CREATE TRIGGER order_move_update BEFORE UPDATE ON order_move BEGIN SELECT RAISE(ABORT, 'jiyun: the table of moves changes by migration only'); END;
