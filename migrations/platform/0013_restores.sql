-- Expansion.
-- When this database was put back from a backup. What was written between the backup and then is
-- lost; refresh tokens that were issued meanwhile are known by their proof.
CREATE TABLE restores (
    id TEXT NOT NULL PRIMARY KEY,
    -- The newest that the database knew when it came back.
    known_until BIGINT NOT NULL,
    restored_at BIGINT NOT NULL
);

-- A token whose row was lost names its lineage, and nothing else.
CREATE INDEX refresh_tokens_by_lineage ON refresh_tokens (lineage);
