use std::fmt;
use std::str::FromStr;

use db::{Error, Row, Tx, values};
use protocol::{AppId, CompanyId, Timestamp, UserId};

use crate::columns::{parsed, time};
use crate::{RegisteredApp, apps};

/// An app that a company registered for itself, with what its administrators say of it
/// (reference §3.9).
#[derive(Clone, Debug)]
pub struct CustomerApp {
    /// Its `allowed_principal` is the company.
    pub app: RegisteredApp,
    pub company: CompanyId,
    /// What it is for.
    pub description: String,
    pub stage: Stage,
    pub application_type: ApplicationType,
    pub created_at: Timestamp,
    pub created_by: UserId,
    /// When its settings were last changed, or it was switched on or off.
    pub modified_at: Timestamp,
}

/// How far an app has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Development,
    Test,
    Production,
}

/// What kind of client an app is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationType {
    /// Web Services (WS) client.
    WebServices,
    /// Integration (ICS) client.
    Integration,
}

impl Stage {
    pub const ALL: [Stage; 3] = [Stage::Development, Stage::Test, Stage::Production];

    pub const fn as_str(self) -> &'static str {
        match self {
            Stage::Development => "Development",
            Stage::Test => "Test",
            Stage::Production => "Production",
        }
    }
}

impl ApplicationType {
    pub const ALL: [ApplicationType; 2] =
        [ApplicationType::WebServices, ApplicationType::Integration];

    pub const fn as_str(self) -> &'static str {
        match self {
            ApplicationType::WebServices => "WS",
            ApplicationType::Integration => "ICS",
        }
    }
}

/// A word that names no stage, or no type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownWord;

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is none of the words there are")
    }
}

impl std::error::Error for UnknownWord {}

impl FromStr for Stage {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Stage, UnknownWord> {
        let found = Stage::ALL.into_iter().find(|stage| stage.as_str() == text);
        found.ok_or(UnknownWord)
    }
}

impl FromStr for ApplicationType {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<ApplicationType, UnknownWord> {
        let found = ApplicationType::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text);
        found.ok_or(UnknownWord)
    }
}

/// The columns of a [`CustomerApp`], under names that the table of apps does not have.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT apps.client_id, apps.name, apps.enabled, apps.grants, apps.scopes, apps.connect_uri,
               apps.principal_type, apps.allowed_principal, apps.algorithm, apps.require_pkce,
               own.company_id AS owner, own.description AS own_description,
               own.stage AS own_stage, own.application_type AS own_type,
               own.created_at AS own_created_at, own.created_by AS own_created_by,
               own.modified_at AS own_modified_at
             FROM customer_apps own JOIN apps ON apps.client_id = own.client_id ",
            $rest
        )
    };
}

/// Writes what a company says of an app that has just been registered.
pub(crate) async fn insert(
    tx: &mut Tx,
    company: CompanyId,
    own: &CustomerApp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO customer_apps (company_id, client_id, description, stage, application_type,
           created_at, created_by, modified_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &values![
            company.to_string(),
            own.app.client_id.to_string(),
            &own.description,
            own.stage.as_str(),
            own.application_type.as_str(),
            own.created_at.as_micros(),
            own.created_by.to_string(),
            own.modified_at.as_micros(),
        ],
    )
    .await?;
    Ok(())
}

/// One of a company's own apps; `None` for every other (S35).
pub async fn find(
    tx: &mut Tx,
    company: CompanyId,
    app: AppId,
) -> Result<Option<CustomerApp>, Error> {
    let row = tx
        .query_opt(
            select!("WHERE own.company_id = $1 AND own.client_id = $2"),
            &values![company.to_string(), app.to_string()],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// All of a company's own apps, newest change first.
pub async fn all(tx: &mut Tx, company: CompanyId) -> Result<Vec<CustomerApp>, Error> {
    let rows = tx
        .query(
            select!("WHERE own.company_id = $1 ORDER BY own.modified_at DESC, own.client_id"),
            &values![company.to_string()],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// How many apps of its own a company has.
pub(crate) async fn count(tx: &mut Tx, company: CompanyId) -> Result<i64, Error> {
    let row = tx
        .query_opt(
            "SELECT COUNT(*) AS n FROM customer_apps WHERE company_id = $1",
            &values![company.to_string()],
        )
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// Whose app it is, for operators and the audit log; `None` when no customer registered it.
pub async fn of_app(tx: &mut Tx, app: AppId) -> Result<Option<CustomerApp>, Error> {
    let row = tx
        .query_opt(
            select!("WHERE own.client_id = $1"),
            &values![app.to_string()],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Writes what a company says of its app, over what it said before, and when.
pub(crate) async fn update(
    tx: &mut Tx,
    company: CompanyId,
    own: &CustomerApp,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE customer_apps SET description = $3, stage = $4, application_type = $5,
           modified_at = $6
         WHERE company_id = $1 AND client_id = $2",
        &values![
            company.to_string(),
            own.app.client_id.to_string(),
            &own.description,
            own.stage.as_str(),
            own.application_type.as_str(),
            own.modified_at.as_micros(),
        ],
    )
    .await?;
    Ok(())
}

fn from_row(row: &Row) -> Result<CustomerApp, Error> {
    Ok(CustomerApp {
        app: apps::from_row(row)?,
        company: parsed(row, "owner")?,
        description: row.get("own_description")?,
        stage: parsed(row, "own_stage")?,
        application_type: parsed(row, "own_type")?,
        created_at: time(row, "own_created_at")?,
        created_by: parsed(row, "own_created_by")?,
        modified_at: time(row, "own_modified_at")?,
    })
}
