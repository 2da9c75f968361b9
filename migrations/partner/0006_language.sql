-- Expansion.
-- In which language the customer last read the pages (BCP 47: en, de, ja), for what is written to it.
-- Unknown of accounts from before.
ALTER TABLE accounts ADD COLUMN language TEXT;
