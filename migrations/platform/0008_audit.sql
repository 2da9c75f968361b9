-- Expansion.
-- What was changed, by whom: written in the transaction of the change, chained afterwards.
CREATE TABLE audit_events (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    company_id TEXT,
    client_id TEXT,
    action TEXT NOT NULL,
    -- JSON: the whole event. The columns above repeat it for those who search.
    content TEXT NOT NULL,
    -- From 1 on without a gap, and the hash over the chain before and this content; NULL until the
    -- event has been chained.
    position BIGINT,
    chain BYTEA
);
CREATE UNIQUE INDEX audit_events_by_position ON audit_events (position);
CREATE INDEX audit_events_not_chained ON audit_events (at, id) WHERE position IS NULL;
CREATE INDEX audit_events_by_company ON audit_events (company_id, at);

-- The last event of the chain, under a key that stands outside the database: a chain that was cut
-- short shows.
CREATE TABLE audit_head (
    name TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    chain BYTEA NOT NULL,
    mac BYTEA NOT NULL
);
