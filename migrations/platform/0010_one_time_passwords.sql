-- Expansion.
-- One-time passwords that were asked for by mail. A row is there for every address that an app has
-- named, whether or not somebody has it: what an app is told must not differ.
CREATE TABLE one_time_passwords (
    otp_hash BYTEA NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES apps (client_id),
    -- Keyed hashes: of the address, and of the app's own parameters.
    handle_hash BYTEA NOT NULL,
    parameters_hash BYTEA NOT NULL,
    -- Who was mailed; NULL when nobody was.
    company_id TEXT,
    user_id TEXT,
    expires_at BIGINT NOT NULL,
    -- Wrong ones that were presented while this one was open.
    attempts BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX one_time_passwords_by_handle
    ON one_time_passwords (client_id, handle_hash, expires_at);
CREATE INDEX one_time_passwords_by_expiry ON one_time_passwords (expires_at);

CREATE INDEX companies_by_domain ON companies (internet_domain);
