-- Expansion.
-- When the partner's people were last reminded of an inquiry that nobody has answered.
ALTER TABLE inquiries ADD COLUMN reminded_at BIGINT;
CREATE INDEX inquiries_open ON inquiries (created_at) WHERE answered_at IS NULL;
