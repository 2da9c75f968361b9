-- Expansion.
-- Who may act: suspended companies, disabled people, guessed passwords, tokens taken back one by one.

ALTER TABLE companies ADD COLUMN enabled BOOLEAN NOT NULL DEFAULT TRUE;

ALTER TABLE users ADD COLUMN enabled BOOLEAN NOT NULL DEFAULT TRUE;

-- Sign-ins by password at the token endpoint, counted per account until one succeeds. The account
-- stands here as a hash, because not every name that is tried is an account.
CREATE TABLE password_attempts (
    account_hash BYTEA NOT NULL PRIMARY KEY,
    began_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);
CREATE INDEX password_attempts_by_time ON password_attempts (began_at);

-- Access tokens that were revoked by themselves (RFC 7009), until they would have expired.
CREATE TABLE revoked_access_tokens (
    jti TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX revoked_access_tokens_by_expiry ON revoked_access_tokens (expires_at);
