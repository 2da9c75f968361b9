use db::{Error, Row, Tx, values};
use protocol::jose::SigningAlgorithm;
use protocol::{AppId, CompanyId, PrincipalType, ScopeSet};

use crate::columns::{client, parsed, parsed_opt, scopes, unreadable};

/// A registered application (OAuth 2.0 client).
#[derive(Clone, Debug)]
pub struct RegisteredApp {
    pub client_id: AppId,
    pub name: String,
    /// Switched off, it gets code 59.
    pub enabled: bool,
    /// Grant types it may use, as `password`, `refresh_token`.
    pub grants: ScopeSet,
    pub scopes: ScopeSet,
    /// Where Connect leads.
    pub connect_uri: String,
    /// Whom its connections stand for: companies or users.
    pub principal_type: PrincipalType,
    /// The one company that may use it; `None` is any (AllowedPrincipals `*`).
    pub allowed_principal: Option<CompanyId>,
    /// Signs its tokens.
    pub algorithm: SigningAlgorithm,
    /// Whether it must send a proof key with an authorization code (RFC 7636, S05).
    pub require_pkce: bool,
}

impl RegisteredApp {
    /// Whether it may connect to this company; otherwise code 53 (CF-03).
    pub fn may_connect_to(&self, company: CompanyId) -> bool {
        self.allowed_principal
            .is_none_or(|allowed| allowed == company)
    }
}

/// All columns by name: one that a newer release adds changes nothing here.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT client_id, name, enabled, grants, scopes, connect_uri,
               principal_type, allowed_principal, algorithm, require_pkce
             FROM apps ",
            $rest
        )
    };
}

pub async fn insert(tx: &mut Tx, app: &RegisteredApp) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO apps (client_id, name, enabled, grants, scopes, connect_uri, principal_type,
           allowed_principal, algorithm, require_pkce)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &values![
            app.client_id.to_string(),
            &app.name,
            app.enabled,
            app.grants.to_string(),
            app.scopes.to_string(),
            &app.connect_uri,
            app.principal_type.as_str(),
            app.allowed_principal.map(|company| company.to_string()),
            app.algorithm.as_str(),
            app.require_pkce,
        ],
    )
    .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, app: AppId) -> Result<Option<RegisteredApp>, Error> {
    let row = tx
        .query_opt(select!("WHERE client_id = $1"), &values![app.to_string()])
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// All apps, by name.
pub async fn all(tx: &mut Tx) -> Result<Vec<RegisteredApp>, Error> {
    let rows = tx.query(select!("ORDER BY name, client_id"), &[]).await?;
    rows.iter().map(from_row).collect()
}

/// Writes the settings that may change over those that stand there.
pub async fn update(tx: &mut Tx, app: &RegisteredApp) -> Result<(), Error> {
    tx.execute(
        "UPDATE apps SET name = $2, grants = $3, scopes = $4 WHERE client_id = $1",
        &values![
            app.client_id.to_string(),
            &app.name,
            app.grants.to_string(),
            app.scopes.to_string(),
        ],
    )
    .await?;
    Ok(())
}

/// Moves the connect URI, as the demo does when its ports are moved.
pub async fn set_connect_uri(tx: &mut Tx, app: AppId, connect_uri: &str) -> Result<(), Error> {
    tx.execute(
        "UPDATE apps SET connect_uri = $2 WHERE client_id = $1",
        &values![app.to_string(), connect_uri],
    )
    .await?;
    Ok(())
}

/// Switches an app on or off.
pub async fn set_enabled(tx: &mut Tx, app: AppId, enabled: bool) -> Result<(), Error> {
    tx.execute(
        "UPDATE apps SET enabled = $2 WHERE client_id = $1",
        &values![app.to_string(), enabled],
    )
    .await?;
    Ok(())
}

pub(crate) fn from_row(row: &Row) -> Result<RegisteredApp, Error> {
    Ok(RegisteredApp {
        client_id: client(row)?,
        name: row.get("name")?,
        enabled: row.get("enabled")?,
        grants: scopes(row, "grants")?,
        scopes: scopes(row, "scopes")?,
        connect_uri: row.get("connect_uri")?,
        principal_type: match row.get::<String>("principal_type")?.as_str() {
            "company" => PrincipalType::Company,
            "user" => PrincipalType::User,
            _ => return Err(unreadable("principal_type")),
        },
        allowed_principal: parsed_opt(row, "allowed_principal")?,
        algorithm: parsed(row, "algorithm")?,
        require_pkce: row.get("require_pkce")?,
    })
}
