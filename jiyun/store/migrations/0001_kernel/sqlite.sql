CREATE TRIGGER store_fixed BEFORE UPDATE ON store BEGIN SELECT RAISE(ABORT, 'jiyun: what a store is never changes'); END;
CREATE TRIGGER store_kept BEFORE DELETE ON store BEGIN SELECT RAISE(ABORT, 'jiyun: what a store is never changes'); END;
-- INSERT OR REPLACE would delete the old row without asking the delete trigger.
CREATE TRIGGER store_once BEFORE INSERT ON store WHEN EXISTS (SELECT 1 FROM store)
BEGIN SELECT RAISE(ABORT, 'jiyun: what a store is never changes'); END;
CREATE TRIGGER clock_once BEFORE INSERT ON simulated_clock WHEN EXISTS (SELECT 1 FROM simulated_clock)
BEGIN SELECT RAISE(ABORT, 'jiyun: the simulated clock stays'); END;
CREATE TRIGGER clock_simulated_only BEFORE INSERT ON simulated_clock
WHEN NOT EXISTS (SELECT 1 FROM store WHERE kind = 'simulated')
BEGIN SELECT RAISE(ABORT, 'jiyun: a real store has no clock that can be set'); END;
CREATE TRIGGER clock_forward BEFORE UPDATE ON simulated_clock WHEN NEW.now < OLD.now
BEGIN SELECT RAISE(ABORT, 'jiyun: the simulated clock only goes forward'); END;
CREATE TRIGGER clock_kept BEFORE DELETE ON simulated_clock
BEGIN SELECT RAISE(ABORT, 'jiyun: the simulated clock stays'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'jiyun: the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'jiyun: the audit log is append-only'); END;
CREATE TRIGGER audit_chained BEFORE INSERT ON audit
WHEN NEW.seq <> coalesce((SELECT max(seq) FROM audit), 0) + 1
  OR NEW.prev <> coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), '')
BEGIN SELECT RAISE(ABORT, 'jiyun: an audit entry must follow the last one'); END;
