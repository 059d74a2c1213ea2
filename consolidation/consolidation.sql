-- name: room
SELECT name, department, title_zh, title_en, racks, floor_dm2, power_w, state, planned_closure, synthetic
FROM legacy_room WHERE name = :name;

-- name: rooms
SELECT name, department, title_zh, title_en, racks, floor_dm2, power_w, state, planned_closure, synthetic
FROM legacy_room ORDER BY name;

-- name: room_insert
INSERT INTO legacy_room (name, department, title_zh, title_en, racks, floor_dm2, power_w, state, planned_closure, synthetic,
    surveyed_at)
VALUES (:name, :department, :title_zh, :title_en, :racks, :floor_dm2, :power_w, :state, :planned_closure, :synthetic,
    :surveyed_at);

-- name: room_update
UPDATE legacy_room SET department = :department, title_zh = :title_zh, title_en = :title_en, racks = :racks,
    floor_dm2 = :floor_dm2, power_w = :power_w, planned_closure = :planned_closure, synthetic = :synthetic
WHERE name = :name;

-- name: room_move
UPDATE legacy_room SET state = :state WHERE name = :name;

-- name: moves_from
SELECT to_state FROM legacy_room_move WHERE from_state = :state ORDER BY to_state;
