-- Expansion.
-- Apps that customer companies register for themselves (OAuth 2.0 Application Management): what their
-- administrators say of them. The app itself stands in apps, with that company as its one principal.
CREATE TABLE customer_apps (
    company_id TEXT NOT NULL REFERENCES companies (id),
    client_id TEXT NOT NULL REFERENCES apps (client_id),
    description TEXT NOT NULL,
    -- Development, Test, Production
    stage TEXT NOT NULL,
    -- WS (web services client), ICS (integration client)
    application_type TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (company_id, client_id)
);
CREATE UNIQUE INDEX customer_apps_by_app ON customer_apps (client_id);
