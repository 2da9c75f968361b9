-- Expansion.
-- Work that one node at a time does, for as long as it says so again and again.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    -- Grows with every change of holder.
    fence BIGINT NOT NULL,
    until BIGINT NOT NULL
);

CREATE INDEX connect_attempts_by_time ON connect_attempts (started_at);
