CREATE TRIGGER usage_append_only BEFORE UPDATE OR DELETE ON usage_event
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('the usage log is append-only');
CREATE TRIGGER usage_no_truncate BEFORE TRUNCATE ON usage_event
FOR EACH STATEMENT EXECUTE FUNCTION jiyun_refuse('the usage log is append-only');

CREATE FUNCTION jiyun_usage_chained() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head usage_event%ROWTYPE;
BEGIN
    SELECT * INTO head FROM usage_event ORDER BY seq DESC LIMIT 1;
    IF NEW.seq <> coalesce(head.seq, 0) + 1 OR NEW.prev <> coalesce(head.hash, '') THEN
        RAISE EXCEPTION 'jiyun: a usage event must follow the last one';
    END IF;
    IF NEW.recorded_at < head.recorded_at THEN
        RAISE EXCEPTION 'jiyun: a usage event is never recorded before the last one';
    END IF;
    IF EXISTS (SELECT 1 FROM usage_event WHERE event_id = NEW.event_id) THEN
        RAISE EXCEPTION 'jiyun: a usage event is recorded once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER usage_chained BEFORE INSERT ON usage_event FOR EACH ROW EXECUTE FUNCTION jiyun_usage_chained();

CREATE TRIGGER price_book_fixed BEFORE UPDATE OR DELETE ON price_book
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('a published price book never changes');
CREATE TRIGGER price_book_no_truncate BEFORE TRUNCATE ON price_book
FOR EACH STATEMENT EXECUTE FUNCTION jiyun_refuse('a published price book never changes');
CREATE TRIGGER price_fixed BEFORE UPDATE OR DELETE ON price
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('a published price book never changes');
CREATE TRIGGER price_no_truncate BEFORE TRUNCATE ON price
FOR EACH STATEMENT EXECUTE FUNCTION jiyun_refuse('a published price book never changes');

CREATE FUNCTION jiyun_price_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM price_book WHERE version = NEW.book) THEN
        RAISE EXCEPTION 'jiyun: a published price book never changes';
    END IF;
    IF EXISTS (
        SELECT 1 FROM price p
        LEFT JOIN price_end e ON e.book = p.book AND e.sku = p.sku
            AND e.tenant_class = p.tenant_class AND e.valid_from = p.valid_from
        WHERE p.sku = NEW.sku AND p.tenant_class = NEW.tenant_class
          AND NEW.valid_from < coalesce(p.valid_to, e.ends_at, 9223372036854775807)
          AND p.valid_from < coalesce(NEW.valid_to, 9223372036854775807)
    ) THEN
        RAISE EXCEPTION 'jiyun: two prices of one SKU and tenant class may not overlap in time';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER price_allowed BEFORE INSERT ON price FOR EACH ROW EXECUTE FUNCTION jiyun_price_allowed();

CREATE TRIGGER price_end_fixed BEFORE UPDATE OR DELETE ON price_end
FOR EACH ROW EXECUTE FUNCTION jiyun_refuse('the end of a price never changes');
CREATE TRIGGER price_end_no_truncate BEFORE TRUNCATE ON price_end
FOR EACH STATEMENT EXECUTE FUNCTION jiyun_refuse('the end of a price never changes');

CREATE FUNCTION jiyun_price_end_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM price p
        WHERE p.book = NEW.book AND p.sku = NEW.sku AND p.tenant_class = NEW.tenant_class
          AND p.valid_from = NEW.valid_from AND p.valid_to IS NULL
    ) THEN
        RAISE EXCEPTION 'jiyun: only a price without an end can be ended by a later book';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER price_end_allowed BEFORE INSERT ON price_end FOR EACH ROW EXECUTE FUNCTION jiyun_price_end_allowed();
