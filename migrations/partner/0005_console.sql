-- Expansion.
-- What the partner's staff see in the console: who changed what, and what happened on which day.

-- Added to, never changed: ids, no names of customers, never a secret.
CREATE TABLE audit_log (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    -- staff, customer, command or system; and which of them: an address, a user id, a command.
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    app TEXT,
    -- The company or person that it was about.
    principal TEXT,
    -- What it was done to, by its id, where that is neither app nor company: a code, a key.
    subject TEXT NOT NULL,
    correlation_id TEXT NOT NULL
);
CREATE INDEX audit_log_time ON audit_log (at, id);
CREATE INDEX audit_log_principal ON audit_log (app, principal, at);
CREATE INDEX audit_log_action ON audit_log (action, at);

-- What is known of the time before the log began.
INSERT INTO audit_log (id, at, actor_kind, actor, action, app, principal, subject, correlation_id)
    SELECT id, connected_at, 'customer', COALESCE(connected_by, ''), 'connected', app, principal, id,
        COALESCE(correlation_id, '')
    FROM connections;
INSERT INTO audit_log (id, at, actor_kind, actor, action, app, principal, subject, correlation_id)
    SELECT events.id, events.created_at, 'system', '',
        CASE events.kind WHEN 'connection.recovered' THEN 'recovered' ELSE 'needs_reconnect' END,
        events.app, connections.principal, connections.id, ''
    FROM events JOIN connections ON connections.id = events.connection_id
    WHERE events.kind IN ('connection.needs_reconnect', 'connection.recovered');

CREATE INDEX usage_day ON usage (day, kind);
CREATE INDEX connections_connected ON connections (connected_at, id);
CREATE INDEX inquiries_answered ON inquiries (answered_at, created_at);
CREATE INDEX verification_codes_issued ON verification_codes (issued_at);
