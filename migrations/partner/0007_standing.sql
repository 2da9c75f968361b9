-- Expansion.
-- On PostgreSQL processes remember which API keys open which app and which connections stand. Whatever
-- ends one of these says so with its commit, whoever has written it: this release, the one before, or a
-- person at a prompt. On SQLite the table is asked each time.
-- On PostgreSQL only:
-- 'quickconnect' is the channel on which `db` listens, 'standing' the one within it that the vault hears.
CREATE FUNCTION tell_what_ended() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    what TEXT := 'everything';
BEGIN
    -- Each expression is a statement of its own: the tables have different columns, and an emptied one
    -- has no row.
    IF TG_OP <> 'TRUNCATE' AND TG_TABLE_NAME = 'api_keys' THEN
        what := 'key ' || OLD.id;
    ELSIF TG_OP <> 'TRUNCATE' THEN
        what := 'connection ' || OLD.app || ' ' || OLD.principal;
    END IF;
    PERFORM pg_notify('quickconnect', 'standing' || chr(10) || what);
    RETURN NULL;
END $$;

CREATE TRIGGER changed AFTER UPDATE ON connections FOR EACH ROW
    WHEN (OLD.state = 'connected' AND (NEW.state, NEW.app, NEW.principal)
        IS DISTINCT FROM (OLD.state, OLD.app, OLD.principal))
    EXECUTE FUNCTION tell_what_ended();
CREATE TRIGGER removed AFTER DELETE ON connections FOR EACH ROW
    WHEN (OLD.state = 'connected') EXECUTE FUNCTION tell_what_ended();
CREATE TRIGGER emptied AFTER TRUNCATE ON connections
    FOR EACH STATEMENT EXECUTE FUNCTION tell_what_ended();

CREATE TRIGGER changed AFTER UPDATE ON api_keys FOR EACH ROW
    WHEN ((NEW.id, NEW.app, NEW.hash, NEW.revoked_at)
        IS DISTINCT FROM (OLD.id, OLD.app, OLD.hash, OLD.revoked_at))
    EXECUTE FUNCTION tell_what_ended();
CREATE TRIGGER removed AFTER DELETE ON api_keys FOR EACH ROW EXECUTE FUNCTION tell_what_ended();
CREATE TRIGGER emptied AFTER TRUNCATE ON api_keys
    FOR EACH STATEMENT EXECUTE FUNCTION tell_what_ended();

-- Also where rows come by replication, or from a program that switches triggers off for its session.
ALTER TABLE connections ENABLE ALWAYS TRIGGER changed, ENABLE ALWAYS TRIGGER removed,
    ENABLE ALWAYS TRIGGER emptied;
ALTER TABLE api_keys ENABLE ALWAYS TRIGGER changed, ENABLE ALWAYS TRIGGER removed,
    ENABLE ALWAYS TRIGGER emptied;
