CREATE TRIGGER usage_no_update BEFORE UPDATE ON usage_event
BEGIN SELECT RAISE(ABORT, 'jiyun: the usage log is append-only'); END;
CREATE TRIGGER usage_no_delete BEFORE DELETE ON usage_event
BEGIN SELECT RAISE(ABORT, 'jiyun: the usage log is append-only'); END;
CREATE TRIGGER usage_chained BEFORE INSERT ON usage_event
WHEN NEW.seq <> coalesce((SELECT max(seq) FROM usage_event), 0) + 1
  OR NEW.prev <> coalesce((SELECT hash FROM usage_event ORDER BY seq DESC LIMIT 1), '')
BEGIN SELECT RAISE(ABORT, 'jiyun: a usage event must follow the last one'); END;
CREATE TRIGGER usage_clock BEFORE INSERT ON usage_event
WHEN NEW.recorded_at < (SELECT recorded_at FROM usage_event ORDER BY seq DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'jiyun: a usage event is never recorded before the last one'); END;
-- INSERT OR REPLACE would delete the old row without asking the delete trigger.
CREATE TRIGGER usage_once BEFORE INSERT ON usage_event
WHEN EXISTS (SELECT 1 FROM usage_event WHERE event_id = NEW.event_id OR hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'jiyun: a usage event is recorded once'); END;

CREATE TRIGGER price_book_no_update BEFORE UPDATE ON price_book
BEGIN SELECT RAISE(ABORT, 'jiyun: a published price book never changes'); END;
CREATE TRIGGER price_book_no_delete BEFORE DELETE ON price_book
BEGIN SELECT RAISE(ABORT, 'jiyun: a published price book never changes'); END;
CREATE TRIGGER price_book_once BEFORE INSERT ON price_book
WHEN EXISTS (SELECT 1 FROM price_book WHERE version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'jiyun: a published price book never changes'); END;
CREATE TRIGGER price_no_update BEFORE UPDATE ON price
BEGIN SELECT RAISE(ABORT, 'jiyun: a published price book never changes'); END;
CREATE TRIGGER price_no_delete BEFORE DELETE ON price
BEGIN SELECT RAISE(ABORT, 'jiyun: a published price book never changes'); END;
CREATE TRIGGER price_sealed BEFORE INSERT ON price
WHEN EXISTS (SELECT 1 FROM price_book WHERE version = NEW.book)
BEGIN SELECT RAISE(ABORT, 'jiyun: a published price book never changes'); END;
CREATE TRIGGER price_no_overlap BEFORE INSERT ON price
WHEN EXISTS (
    SELECT 1 FROM price p
    LEFT JOIN price_end e ON e.book = p.book AND e.sku = p.sku
        AND e.tenant_class = p.tenant_class AND e.valid_from = p.valid_from
    WHERE p.sku = NEW.sku AND p.tenant_class = NEW.tenant_class
      AND NEW.valid_from < coalesce(p.valid_to, e.ends_at, 9223372036854775807)
      AND p.valid_from < coalesce(NEW.valid_to, 9223372036854775807)
)
BEGIN SELECT RAISE(ABORT, 'jiyun: two prices of one SKU and tenant class may not overlap in time'); END;

CREATE TRIGGER price_end_no_update BEFORE UPDATE ON price_end
BEGIN SELECT RAISE(ABORT, 'jiyun: the end of a price never changes'); END;
CREATE TRIGGER price_end_no_delete BEFORE DELETE ON price_end
BEGIN SELECT RAISE(ABORT, 'jiyun: the end of a price never changes'); END;
CREATE TRIGGER price_end_once BEFORE INSERT ON price_end
WHEN EXISTS (
    SELECT 1 FROM price_end e
    WHERE e.book = NEW.book AND e.sku = NEW.sku AND e.tenant_class = NEW.tenant_class AND e.valid_from = NEW.valid_from
)
BEGIN SELECT RAISE(ABORT, 'jiyun: the end of a price never changes'); END;
CREATE TRIGGER price_end_open BEFORE INSERT ON price_end
WHEN NOT EXISTS (
    SELECT 1 FROM price p
    WHERE p.book = NEW.book AND p.sku = NEW.sku AND p.tenant_class = NEW.tenant_class
      AND p.valid_from = NEW.valid_from AND p.valid_to IS NULL
)
BEGIN SELECT RAISE(ABORT, 'jiyun: only a price without an end can be ended by a later book'); END;
