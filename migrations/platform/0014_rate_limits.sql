-- Expansion.
-- What has been used of limits that several nodes count together (S29): only of keys that have used
-- more than a little, and of those only the slot that a keyed hash puts them into. At most 65,536
-- rows for each limit; a row is of no use any longer when full_at has passed.
CREATE TABLE rate_limits (
    -- The limit's name and the slot.
    id TEXT NOT NULL PRIMARY KEY,
    -- When all that was used is refilled, in microseconds since 1970.
    full_at BIGINT NOT NULL
);
