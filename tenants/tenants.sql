-- name: department
SELECT name, title_zh, title_en, level, coalesce(parent, '') AS parent FROM department WHERE name = :name;

-- name: departments
SELECT name, title_zh, title_en, level, coalesce(parent, '') AS parent FROM department;

-- name: department_insert
INSERT INTO department (name, title_zh, title_en, level, parent)
VALUES (:name, :title_zh, :title_en, :level, nullif(CAST(:parent AS TEXT), ''));

-- name: department_update
UPDATE department SET title_zh = :title_zh, title_en = :title_en, level = :level WHERE name = :name;

-- name: child_levels
SELECT name, level FROM department WHERE parent = :name;

-- name: ancestors
SELECT ancestor FROM department_ancestor WHERE department = :name ORDER BY distance;

-- name: subtree
SELECT department FROM department_ancestor WHERE ancestor = :name;

-- name: roots
SELECT name FROM department WHERE parent IS NULL;

-- name: person
SELECT name, department, title FROM person WHERE name = :name;

-- name: people
SELECT name, department, title FROM person;

-- name: person_insert
INSERT INTO person (name, department, title) VALUES (:name, :department, :title);

-- name: person_update
UPDATE person SET department = :department, title = :title WHERE name = :name;

-- name: grants
SELECT role, department FROM role_grant WHERE person = :person;

-- name: grants_at_and_above
SELECT DISTINCT g.role
FROM role_grant g JOIN department_ancestor a ON a.ancestor = g.department
WHERE g.person = :person AND a.department = :department;

-- name: grant_insert
INSERT INTO role_grant (person, role, department) VALUES (:person, :role, :department);

-- name: grant_delete
DELETE FROM role_grant WHERE person = :person AND role = :role AND department = :department;

-- name: grant_count
SELECT count(*) AS grants FROM role_grant;
