-- Expansion.
-- Signing keys that change, and what apps are registered with.

-- published (shown, signs later), signing, retired (shown until its last token has expired), removed
-- (the private half is gone; the row is what is remembered).
ALTER TABLE signing_keys ADD COLUMN state TEXT NOT NULL DEFAULT 'signing';
ALTER TABLE signing_keys ADD COLUMN state_since BIGINT NOT NULL DEFAULT 0;
UPDATE signing_keys SET state_since = created_at;
-- One key of an algorithm signs, and one waits for its turn.
CREATE UNIQUE INDEX signing_keys_by_turn ON signing_keys (algorithm, state)
    WHERE state IN ('published', 'signing');

-- With which algorithm an app's tokens are signed.
ALTER TABLE apps ADD COLUMN algorithm TEXT NOT NULL DEFAULT 'RS256';
-- Whether it must send a proof key (PKCE, RFC 7636) with an authorization code.
ALTER TABLE apps ADD COLUMN require_pkce BOOLEAN NOT NULL DEFAULT FALSE;

-- Where authorization codes may be sent: compared byte for byte with what a request names.
CREATE TABLE redirect_uris (
    client_id TEXT NOT NULL REFERENCES apps (client_id),
    uri TEXT NOT NULL,
    -- In the order of registration.
    position BIGINT NOT NULL,
    PRIMARY KEY (client_id, uri)
);

ALTER TABLE app_secrets ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
UPDATE app_secrets SET updated_at = created_at;
