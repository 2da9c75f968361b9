-- Contraction.
-- An older program does not say for which company it asks, and would see nothing.
-- A second wall between companies (S35): a transaction that is begun for one company finds no row of
-- another, even by a statement that forgot to name its company. SQLite has no such thing.
--
-- quickconnect.company is the company's id, or * for what is begun for no company in particular: sign-in
-- and look-ups of what somebody presents, jobs, operators. Without it nothing is there.
-- On PostgreSQL only:
-- A later table calls this in its own migration, after the same line as above.
CREATE FUNCTION separate_companies(walled TEXT, company TEXT) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    told TEXT := 'current_setting(''quickconnect.company'', TRUE)';
    -- As CASE: the planner takes it for half of the rows. As OR it takes it for next to none of them, and
    -- sorts a company's rows for a page instead of reading them in the order of their key.
    own TEXT := format('CASE WHEN %s = ''*'' THEN TRUE ELSE %s = %I END', told, told, company);
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
    -- A row of no company, as an event of an app, may be written by anybody.
    EXECUTE format('CREATE POLICY own_company ON %I USING (%s) WITH CHECK (%s OR %I IS NULL)',
        walled, own, own, company);
END $$;

SELECT separate_companies('companies', 'id');
SELECT separate_companies(CAST(table_name AS TEXT), 'company_id')
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND column_name = 'company_id'
    ORDER BY table_name;
