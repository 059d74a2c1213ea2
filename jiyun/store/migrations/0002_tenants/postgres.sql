CREATE FUNCTION jiyun_department_closure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO department_ancestor (department, ancestor, distance)
    SELECT NEW.name, NEW.name, 0
    UNION ALL
    SELECT NEW.name, ancestor, distance + 1 FROM department_ancestor WHERE department = NEW.parent;
    RETURN NULL;
END $$;
CREATE TRIGGER department_closure AFTER INSERT ON department FOR EACH ROW EXECUTE FUNCTION jiyun_department_closure();
CREATE TRIGGER department_stays BEFORE UPDATE ON department FOR EACH ROW
WHEN (NEW.name <> OLD.name OR NEW.parent IS DISTINCT FROM OLD.parent)
EXECUTE FUNCTION jiyun_refuse('a department keeps its name and its place in the tree');
CREATE TRIGGER department_kept BEFORE DELETE ON department
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('a department is never deleted');
CREATE TRIGGER department_no_truncate BEFORE TRUNCATE ON department
FOR EACH STATEMENT EXECUTE FUNCTION jiyun_refuse('a department is never deleted');
CREATE TRIGGER department_ancestor_fixed BEFORE UPDATE OR DELETE ON department_ancestor
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('a department keeps its name and its place in the tree');
CREATE TRIGGER department_ancestor_no_truncate BEFORE TRUNCATE ON department_ancestor
FOR EACH STATEMENT EXECUTE FUNCTION jiyun_refuse('a department keeps its name and its place in the tree');
CREATE TRIGGER person_kept BEFORE DELETE ON person
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('a person is never deleted, only left without roles');
CREATE TRIGGER person_no_truncate BEFORE TRUNCATE ON person
FOR EACH STATEMENT EXECUTE FUNCTION jiyun_refuse('a person is never deleted, only left without roles');
