CREATE TRIGGER orders_begin BEFORE INSERT ON orders FOR EACH ROW WHEN (NEW.state <> 'submitted')
EXECUTE FUNCTION jiyun_refuse('an order begins as submitted');

CREATE FUNCTION jiyun_order_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM order_move WHERE from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'jiyun: an order cannot move between these two states';
    END IF;
    IF NEW.state = 'reviewed' AND (SELECT count(*) FROM review WHERE order_id = NEW.id AND result = 'pass') <> 4 THEN
        RAISE EXCEPTION 'jiyun: an order is reviewed when all four items have passed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_move BEFORE UPDATE OF state ON orders FOR EACH ROW EXECUTE FUNCTION jiyun_order_move();
CREATE TRIGGER orders_spec_fixed BEFORE UPDATE OF spec, department, system, cloud, applicant ON orders
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('what was applied for never changes');
CREATE TRIGGER orders_plan_fixed BEFORE UPDATE OF plan, plan_hash ON orders FOR EACH ROW
WHEN (OLD.plan_hash <> '' AND (NEW.plan <> OLD.plan OR NEW.plan_hash <> OLD.plan_hash))
EXECUTE FUNCTION jiyun_refuse('an approved plan never changes');
CREATE TRIGGER orders_kept BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('orders are kept');
CREATE TRIGGER order_event_fixed BEFORE UPDATE OR DELETE ON order_event
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('order events are append-only');
CREATE TRIGGER review_fixed BEFORE UPDATE OR DELETE ON review
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('a review is append-only');
CREATE TRIGGER order_move_fixed BEFORE INSERT OR UPDATE ON order_move
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('the table of moves changes by migration only');
