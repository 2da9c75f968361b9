-- Expansion.
-- What keeps connections alive across processes, hosts, restores and outages.

-- Keys tokens are sealed under: one per connection, itself sealed under the vault key that
-- data_key_under names. Without it nothing of the connection opens any more.
ALTER TABLE connections ADD COLUMN data_key BYTEA;
ALTER TABLE connections ADD COLUMN data_key_under TEXT;
-- The current access token, sealed, for the other processes (docs/decisions/0008).
ALTER TABLE connections ADD COLUMN access_token BYTEA;
ALTER TABLE connections ADD COLUMN access_expires_at BIGINT;
-- Who refreshes: until when, the number of the latest lease, and of the latest that wrote.
ALTER TABLE connections ADD COLUMN lease_until BIGINT;
ALTER TABLE connections ADD COLUMN fence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE connections ADD COLUMN written_fence BIGINT NOT NULL DEFAULT 0;
-- When the keeper looks at it next.
ALTER TABLE connections ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
-- Refreshes that failed in a row, since when, and why the last one did.
ALTER TABLE connections ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE connections ADD COLUMN failing_since BIGINT;
ALTER TABLE connections ADD COLUMN failure TEXT;
-- The latest of 60, 30, 14, 7 and 1 days before expiry that was told of.
ALTER TABLE connections ADD COLUMN alerted_days BIGINT;
-- Comes from a backup: to be asked about before it is presented.
ALTER TABLE connections ADD COLUMN doubtful BOOLEAN NOT NULL DEFAULT FALSE;
-- Once it has ended, everything about the customer goes.
ALTER TABLE connections ADD COLUMN erase BOOLEAN NOT NULL DEFAULT FALSE;

DROP INDEX connections_due;
CREATE INDEX connections_due ON connections (state, due_at);
CREATE INDEX connections_expiry ON connections (state, refresh_expires_at);
CREATE INDEX connections_data_key ON connections (data_key_under);
CREATE INDEX connections_access ON connections (access_expires_at) WHERE access_token IS NOT NULL;
CREATE INDEX connections_failing ON connections (failure) WHERE failure IS NOT NULL;

-- Which vault this is, and how often a refresh token changed: compared with what stands beside the
-- key, it shows a database that was restored.
CREATE TABLE watermarks (
    vault_id TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

-- What happened to connections and apps, for webhooks and mails.
CREATE TABLE events (
    id TEXT NOT NULL PRIMARY KEY,
    app TEXT NOT NULL,
    connection_id TEXT,
    kind TEXT NOT NULL,
    -- A number that goes with the kind: days until expiry, or the platform's error number.
    number BIGINT,
    created_at BIGINT NOT NULL,
    -- When it was addressed: its deliveries stand in their table.
    addressed_at BIGINT
);
CREATE INDEX events_unaddressed ON events (created_at) WHERE addressed_at IS NULL;
CREATE INDEX events_connection ON events (connection_id);

CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    event_id TEXT NOT NULL REFERENCES events (id),
    -- webhook or mail, and to which address.
    way TEXT NOT NULL,
    target TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- Of the next attempt; NULL when there is none any more.
    next_at BIGINT,
    delivered_at BIGINT,
    failure TEXT,
    UNIQUE (event_id, way, target)
);
CREATE INDEX deliveries_next ON deliveries (next_at) WHERE next_at IS NOT NULL;

-- The last time an app was alarmed about, by error number.
CREATE TABLE alarms (
    app TEXT NOT NULL,
    number BIGINT NOT NULL,
    raised_at BIGINT NOT NULL,
    PRIMARY KEY (app, number)
);

-- What programs show to the broker. Only the hash of a key is kept.
CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    app TEXT NOT NULL,
    name TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);

-- How much each customer was used: day as days since the epoch, UTC.
CREATE TABLE usage (
    app TEXT NOT NULL,
    principal TEXT NOT NULL,
    day BIGINT NOT NULL,
    kind TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (app, principal, day, kind)
);
