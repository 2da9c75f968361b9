-- Expansion.
-- What a partner keeps. One text for both databases: ids and JSON as TEXT, times as microseconds
-- since the epoch (UTC), sealed values and hashes as BYTEA.

-- Sealed by the first start: a vault whose key does not open it refuses to start.
CREATE TABLE sealing_proof (
    id TEXT NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);

CREATE TABLE staff (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Who is signed in to the console.
CREATE TABLE sessions (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    app TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    company_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (app, email)
);

CREATE TABLE verification_codes (
    id TEXT NOT NULL PRIMARY KEY,
    app TEXT NOT NULL,
    -- The customer it was issued to.
    label TEXT NOT NULL,
    -- Under a key that is not in the database.
    hash BYTEA NOT NULL UNIQUE,
    issued_by TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- The flow that entered it, for whom, and until when it is kept.
    reserved_by TEXT,
    reserved_for TEXT,
    reserved_until BIGINT,
    used_at BIGINT,
    used_by TEXT,
    revoked_at BIGINT
);
CREATE INDEX verification_codes_reserved ON verification_codes (reserved_by);

-- One row per app and company (or person); it outlives disconnecting and reconnecting.
CREATE TABLE connections (
    id TEXT NOT NULL PRIMARY KEY,
    app TEXT NOT NULL,
    principal TEXT NOT NULL,
    principal_type TEXT NOT NULL,
    state TEXT NOT NULL,
    state_since BIGINT NOT NULL,
    -- Counts every change of the tokens: what is sealed opens only under its own generation.
    generation BIGINT NOT NULL,
    refresh_token BYTEA,
    -- The one before, until the newer one has been used with success.
    previous_refresh_token BYTEA,
    geolocation TEXT NOT NULL,
    scope TEXT NOT NULL,
    refresh_expires_at BIGINT,
    last_refreshed_at BIGINT NOT NULL,
    name TEXT,
    edition TEXT,
    account_id TEXT REFERENCES accounts (id),
    code_id TEXT REFERENCES verification_codes (id),
    connected_at BIGINT NOT NULL,
    -- Who clicked Connect, as the platform told; evidence, not proof.
    connected_by TEXT,
    correlation_id TEXT,
    UNIQUE (app, principal)
);
CREATE INDEX connections_due ON connections (state, last_refreshed_at);
CREATE INDEX connections_account ON connections (account_id);

-- A visit to a landing page, from the link to the confirmation: at most 24 hours.
CREATE TABLE flows (
    id TEXT NOT NULL PRIMARY KEY,
    cookie_hash BYTEA NOT NULL UNIQUE,
    app TEXT NOT NULL,
    principal TEXT NOT NULL,
    request_token BYTEA,
    clicked_by TEXT,
    step TEXT NOT NULL,
    -- An account to be, until the exchange has succeeded.
    name TEXT,
    email TEXT,
    password_hash TEXT,
    company_name TEXT,
    agreed BOOLEAN NOT NULL DEFAULT FALSE,
    account_id TEXT,
    code_id TEXT,
    exchanging_since BIGINT,
    connection_id TEXT,
    refusal TEXT,
    refusal_text TEXT,
    correlation_id TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX flows_expiry ON flows (expires_at);

CREATE TABLE inquiries (
    id TEXT NOT NULL PRIMARY KEY,
    app TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    company_name TEXT NOT NULL,
    message TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    answered_at BIGINT,
    answered_by TEXT
);

-- The latest calls per connection, for support: never a token, never a body.
CREATE TABLE calls (
    id TEXT NOT NULL PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connections (id),
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    origin TEXT NOT NULL,
    status BIGINT,
    code BIGINT,
    correlation_id TEXT NOT NULL,
    millis BIGINT NOT NULL
);
CREATE INDEX calls_latest ON calls (connection_id, at);
