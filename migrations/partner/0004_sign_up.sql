-- Expansion.
-- What an app asks for besides name, address and company, as a JSON object of texts.
ALTER TABLE flows ADD COLUMN answers TEXT;
ALTER TABLE accounts ADD COLUMN answers TEXT;
-- Of the link in the mail of a sign-up that is to be finished later. Works once, with the password.
ALTER TABLE flows ADD COLUMN resume_hash BYTEA;
CREATE UNIQUE INDEX flows_resume ON flows (resume_hash);
