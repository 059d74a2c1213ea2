CREATE TRIGGER room_only_shrinks BEFORE UPDATE ON legacy_room
WHEN NEW.racks > OLD.racks OR NEW.floor_dm2 > OLD.floor_dm2 OR NEW.power_w > OLD.power_w
BEGIN SELECT RAISE(ABORT, 'jiyun: the size of an existing machine room only falls (M23)'); END;
CREATE TRIGGER room_legal_move BEFORE UPDATE ON legacy_room
WHEN NEW.state <> OLD.state
 AND NOT EXISTS (SELECT 1 FROM legacy_room_move WHERE from_state = OLD.state AND to_state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'jiyun: a machine room cannot go from this state to that one'); END;
CREATE TRIGGER room_named_once BEFORE UPDATE ON legacy_room
WHEN NEW.name <> OLD.name OR NEW.surveyed_at <> OLD.surveyed_at
BEGIN SELECT RAISE(ABORT, 'jiyun: a machine room keeps its name and survey in the register'); END;
CREATE TRIGGER room_registered_once BEFORE INSERT ON legacy_room
WHEN EXISTS (SELECT 1 FROM legacy_room WHERE name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'jiyun: a machine room is registered once'); END;
CREATE TRIGGER room_kept BEFORE DELETE ON legacy_room
BEGIN SELECT RAISE(ABORT, 'jiyun: a machine room stays in the register'); END;
CREATE TRIGGER room_move_no_insert BEFORE INSERT ON legacy_room_move
BEGIN SELECT RAISE(ABORT, 'jiyun: the legal moves of a machine room are fixed'); END;
CREATE TRIGGER room_move_no_update BEFORE UPDATE ON legacy_room_move
BEGIN SELECT RAISE(ABORT, 'jiyun: the legal moves of a machine room are fixed'); END;
CREATE TRIGGER room_move_no_delete BEFORE DELETE ON legacy_room_move
BEGIN SELECT RAISE(ABORT, 'jiyun: the legal moves of a machine room are fixed'); END;
