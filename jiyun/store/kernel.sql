-- name: facts
SELECT id, kind, city, created_at FROM store;

-- name: insert_facts
INSERT INTO store (singleton, id, kind, city, created_at) VALUES (1, :id, :kind, :city, :created_at);

-- name: simulated_now
SELECT now FROM simulated_clock;

-- name: insert_simulated_clock
INSERT INTO simulated_clock (singleton, now) VALUES (1, :now);

-- name: advance_simulated_clock
UPDATE simulated_clock SET now = :now WHERE now <= :now;

-- name: next_number
INSERT INTO sequence (name, last) VALUES (:name, 1)
ON CONFLICT (name) DO UPDATE SET last = sequence.last + 1
RETURNING last;

-- name: audit_head
SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1;

-- name: audit_insert
INSERT INTO audit (seq, at, actor, via, action, subject, department, detail, prev, hash)
VALUES (:seq, :at, :actor, :via, :action, :subject, :department, :detail, :prev, :hash);

-- name: audit_page
SELECT seq, at, actor, via, action, subject, department, detail, prev, hash
FROM audit WHERE seq > :after ORDER BY seq LIMIT :count;

-- name: audit_recent
SELECT seq, at, actor, via, action, subject, department, detail, prev, hash
FROM audit
WHERE (:subject = '' OR subject = :subject) AND (:department = '' OR department = :department)
ORDER BY seq DESC LIMIT :count;
