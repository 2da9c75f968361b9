-- Expansion.
-- The connect flow. Portable subset: TEXT, BIGINT, BYTEA, BOOLEAN; times are microseconds since the
-- epoch; ids and JSON are TEXT. What belongs to a company has company_id first in its key.

CREATE TABLE companies (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    edition TEXT NOT NULL,
    data_center TEXT NOT NULL,
    internet_domain TEXT NOT NULL,
    default_language TEXT NOT NULL,
    employees BIGINT NOT NULL,
    address TEXT NOT NULL
);

CREATE TABLE users (
    company_id TEXT NOT NULL REFERENCES companies (id),
    id TEXT NOT NULL,
    login TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    title TEXT NOT NULL,
    language TEXT NOT NULL,
    country TEXT NOT NULL,
    -- Holds the Web Services Admin permission.
    web_services_admin BOOLEAN NOT NULL,
    PRIMARY KEY (company_id, id)
);
CREATE UNIQUE INDEX users_by_login ON users (login);
CREATE UNIQUE INDEX users_by_id ON users (id);

CREATE TABLE sessions (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE apps (
    client_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    -- Separated by spaces, as scopes are.
    grants TEXT NOT NULL,
    scopes TEXT NOT NULL,
    connect_uri TEXT NOT NULL,
    -- company: an enterprise application; user: a user connection.
    principal_type TEXT NOT NULL,
    -- The one company it may connect to; NULL is any (AllowedPrincipals *).
    allowed_principal TEXT
);

CREATE TABLE app_secrets (
    client_id TEXT NOT NULL REFERENCES apps (client_id),
    id TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, id)
);

CREATE TABLE listings (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES apps (client_id),
    name TEXT NOT NULL,
    position BIGINT NOT NULL,
    -- JSON: all that the listing page shows.
    content TEXT NOT NULL
);
CREATE UNIQUE INDEX listings_by_app ON listings (client_id);

CREATE TABLE listing_images (
    listing_id TEXT NOT NULL REFERENCES listings (id),
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (listing_id, name)
);

CREATE TABLE scopes (
    name TEXT NOT NULL PRIMARY KEY,
    user_description TEXT NOT NULL,
    user_description_self TEXT NOT NULL,
    service TEXT NOT NULL,
    fields TEXT NOT NULL
);

CREATE TABLE legal_texts (
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (kind, version)
);

-- What somebody agreed to, when, and what was shown: the electronic letter of authorization.
CREATE TABLE terms_acceptances (
    company_id TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    listing_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    scopes_shown TEXT NOT NULL,
    accepted_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, id)
);
CREATE INDEX terms_acceptances_by_kind ON terms_acceptances (company_id, kind, version, user_id);

-- One click on Connect: what the listing behind the partner's window waits for.
CREATE TABLE connect_attempts (
    company_id TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    listing_id TEXT NOT NULL,
    -- pending, connected, closed, unreachable, cancelled
    state TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, id)
);
CREATE INDEX connect_attempts_by_user ON connect_attempts (company_id, user_id, listing_id, started_at);

CREATE TABLE request_tokens (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    principal_type TEXT NOT NULL,
    principal_id TEXT NOT NULL,
    -- Who clicked Connect.
    user_id TEXT NOT NULL,
    attempt_id TEXT,
    -- What the administrator was shown and agreed to.
    scopes TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    uses BIGINT NOT NULL,
    -- The first refresh token that its first exchange yielded, and all repeats yield again.
    refresh_token_id BIGINT,
    void BOOLEAN NOT NULL
);
CREATE INDEX request_tokens_by_expiry ON request_tokens (expires_at);
CREATE INDEX request_tokens_by_company ON request_tokens (company_id, client_id, principal_id);

CREATE TABLE connections (
    company_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    principal_id TEXT NOT NULL,
    principal_type TEXT NOT NULL,
    -- connected, disconnected
    state TEXT NOT NULL,
    connected_at BIGINT NOT NULL,
    connected_by TEXT NOT NULL,
    -- When the newest refresh token expires.
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, client_id, principal_id)
);

CREATE TABLE connection_events (
    company_id TEXT NOT NULL,
    id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    principal_id TEXT NOT NULL,
    -- connected, reconnected, disconnected, replay_detected
    kind TEXT NOT NULL,
    -- A user's id, or the app itself.
    actor TEXT NOT NULL,
    correlation_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (company_id, client_id, principal_id, at, id)
);

CREATE TABLE refresh_tokens (
    -- Grows with time, and stands at the head of the token itself.
    id BIGINT NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    principal_type TEXT NOT NULL,
    principal_id TEXT NOT NULL,
    -- The id of its first ancestor.
    lineage BIGINT NOT NULL,
    generation BIGINT NOT NULL,
    secret_hash BYTEA NOT NULL,
    scopes TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    absolute_expires_at BIGINT NOT NULL,
    -- When the client was first seen to hold it.
    proven_at BIGINT,
    successor_id BIGINT,
    retries BIGINT NOT NULL,
    -- live, retired (its successor is proven), superseded (by a reconnect), revoked
    state TEXT NOT NULL
);
CREATE INDEX refresh_tokens_by_connection
    ON refresh_tokens (company_id, client_id, principal_id, lineage);

CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    algorithm TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE server_secrets (
    name TEXT NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);

CREATE TABLE leads (
    id TEXT NOT NULL PRIMARY KEY,
    listing_id TEXT NOT NULL,
    company_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- JSON: the fields of the form.
    fields TEXT NOT NULL,
    submitted_at BIGINT NOT NULL
);

CREATE TABLE expense_reports (
    company_id TEXT NOT NULL,
    -- When it was made, and its number: reports are listed newest first.
    created_at BIGINT NOT NULL,
    id TEXT NOT NULL,
    owner_login TEXT NOT NULL,
    approver_login TEXT NOT NULL,
    currency_code TEXT NOT NULL,
    country TEXT NOT NULL,
    approval_status_code TEXT NOT NULL,
    payment_status_code TEXT NOT NULL,
    submitted_at BIGINT,
    paid_at BIGINT,
    modified_at BIGINT NOT NULL,
    -- JSON: the report as the API shows it.
    content TEXT NOT NULL,
    PRIMARY KEY (company_id, created_at, id)
);
CREATE UNIQUE INDEX expense_reports_by_id ON expense_reports (company_id, id);
