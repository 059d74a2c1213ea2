CREATE TRIGGER department_closure AFTER INSERT ON department
BEGIN
    INSERT INTO department_ancestor (department, ancestor, distance)
    SELECT NEW.name, NEW.name, 0
    UNION ALL
    SELECT NEW.name, ancestor, distance + 1 FROM department_ancestor WHERE department = NEW.parent;
END;
CREATE TRIGGER department_stays BEFORE UPDATE ON department WHEN NEW.name <> OLD.name OR NEW.parent IS NOT OLD.parent
BEGIN SELECT RAISE(ABORT, 'jiyun: a department keeps its name and its place in the tree'); END;
CREATE TRIGGER department_kept BEFORE DELETE ON department
BEGIN SELECT RAISE(ABORT, 'jiyun: a department is never deleted'); END;
CREATE TRIGGER department_ancestor_fixed BEFORE UPDATE ON department_ancestor
BEGIN SELECT RAISE(ABORT, 'jiyun: a department keeps its name and its place in the tree'); END;
CREATE TRIGGER department_ancestor_kept BEFORE DELETE ON department_ancestor
BEGIN SELECT RAISE(ABORT, 'jiyun: a department keeps its name and its place in the tree'); END;
CREATE TRIGGER person_kept BEFORE DELETE ON person
BEGIN SELECT RAISE(ABORT, 'jiyun: a person is never deleted, only left without roles'); END;
