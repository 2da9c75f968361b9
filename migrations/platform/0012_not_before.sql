-- Expansion.
-- Tokens that were issued before an instant are refused, by an operator's word (S23).
CREATE TABLE not_before (
    -- The data center's name; empty for the whole platform.
    data_center TEXT NOT NULL PRIMARY KEY,
    issued_before BIGINT NOT NULL,
    -- Whether refresh tokens are refused, too.
    refresh_tokens BOOLEAN NOT NULL
);
