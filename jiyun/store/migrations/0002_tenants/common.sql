-- Who there is: the department tree, people, and which role a person holds at which node.

-- A department's place in the tree is fixed when it is made (see the triggers), so a parent is always older
-- than its children and a ring cannot arise.
CREATE TABLE department (
    name TEXT PRIMARY KEY CHECK (name <> ''),
    title_zh TEXT NOT NULL CHECK (title_zh <> ''),
    title_en TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('city', 'county', 'town')),
    parent TEXT REFERENCES department (name)
);
CREATE INDEX department_children ON department (parent);

-- Every department with each of its ancestors, itself included at distance 0.  Filled by a trigger.
CREATE TABLE department_ancestor (
    department TEXT NOT NULL REFERENCES department (name),
    ancestor TEXT NOT NULL REFERENCES department (name),
    distance BIGINT NOT NULL CHECK (distance >= 0),
    PRIMARY KEY (department, ancestor),
    UNIQUE (department, distance)
);
CREATE INDEX department_subtree ON department_ancestor (ancestor, distance, department);

CREATE TABLE person (
    name TEXT PRIMARY KEY CHECK (name <> ''),
    department TEXT NOT NULL REFERENCES department (name),
    title TEXT NOT NULL
);

-- A role held at a node holds for everything below that node.
CREATE TABLE role_grant (
    person TEXT NOT NULL REFERENCES person (name),
    role TEXT NOT NULL CHECK (
        role IN ('operator', 'reviewer', 'approver', 'finance', 'applicant', 'viewer', 'supervisor', 'auditor', 'supplier')
    ),
    department TEXT NOT NULL REFERENCES department (name),
    PRIMARY KEY (person, role, department)
);
