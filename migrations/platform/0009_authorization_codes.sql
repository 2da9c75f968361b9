-- Expansion.
-- Codes that browsers carry to apps after somebody signed in and agreed (RFC 6749 §4.1).
CREATE TABLE authorization_codes (
    code_hash BYTEA NOT NULL PRIMARY KEY,
    company_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    -- Whether the request named it: then the exchange must, too.
    redirect_uri_given BOOLEAN NOT NULL,
    -- What the person agreed to.
    scopes TEXT NOT NULL,
    nonce TEXT,
    code_challenge TEXT,
    -- When the person signed in.
    authenticated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- When it was exchanged, or taken back by a disconnect.
    used_at BIGINT,
    -- What the exchange yielded.
    refresh_token_id BIGINT
);
CREATE INDEX authorization_codes_by_expiry ON authorization_codes (expires_at);
CREATE INDEX authorization_codes_by_connection
    ON authorization_codes (company_id, client_id, user_id);
