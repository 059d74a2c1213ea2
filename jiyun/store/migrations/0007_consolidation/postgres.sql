CREATE TRIGGER room_only_shrinks BEFORE UPDATE ON legacy_room
FOR EACH ROW WHEN (NEW.racks > OLD.racks OR NEW.floor_dm2 > OLD.floor_dm2 OR NEW.power_w > OLD.power_w)
EXECUTE FUNCTION jiyun_refuse('the size of an existing machine room only falls (M23)');

CREATE FUNCTION jiyun_room_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM legacy_room_move WHERE from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'jiyun: a machine room cannot go from this state to that one';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER room_legal_move BEFORE UPDATE ON legacy_room
FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION jiyun_room_move();
CREATE TRIGGER room_named_once BEFORE UPDATE ON legacy_room
FOR EACH ROW WHEN (NEW.name <> OLD.name OR NEW.surveyed_at <> OLD.surveyed_at)
EXECUTE FUNCTION jiyun_refuse('a machine room keeps its name and survey in the register');
CREATE TRIGGER room_kept BEFORE DELETE ON legacy_room
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('a machine room stays in the register');
CREATE TRIGGER room_no_truncate BEFORE TRUNCATE ON legacy_room
FOR EACH STATEMENT EXECUTE FUNCTION jiyun_refuse('a machine room stays in the register');
CREATE TRIGGER room_move_fixed BEFORE INSERT OR UPDATE OR DELETE ON legacy_room_move
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('the legal moves of a machine room are fixed');
