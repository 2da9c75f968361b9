use db::{Error, Row, Tx, values};
use protocol::{CompanyId, UserId};

use crate::columns::{company, parsed};

/// A person at a customer company.
#[derive(Clone)]
pub struct User {
    pub company: CompanyId,
    pub id: UserId,
    /// Unique on the whole platform; lower case.
    pub login: String,
    /// PHC string (Argon2id).
    pub password_hash: String,
    pub given_name: String,
    pub family_name: String,
    pub title: String,
    pub language: String,
    /// ISO 3166, two letters.
    pub country: String,
    /// May connect and disconnect for the whole company.
    pub web_services_admin: bool,
    /// Disabled, nobody acts for this person any more; the company's connections stay.
    pub enabled: bool,
}

impl User {
    pub fn full_name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }
}

/// All columns by name: one that a newer release adds changes nothing here.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT company_id, id, login, password_hash, given_name, family_name, title,
               language, country, web_services_admin, enabled
             FROM users ",
            $rest
        )
    };
}

pub async fn insert(tx: &mut Tx, user: &User) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO users (company_id, id, login, password_hash, given_name, family_name, title,
           language, country, web_services_admin, enabled)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &values![
            user.company.to_string(),
            user.id.to_string(),
            user.login.to_lowercase(),
            &user.password_hash,
            &user.given_name,
            &user.family_name,
            &user.title,
            &user.language,
            &user.country,
            user.web_services_admin,
            user.enabled,
        ],
    )
    .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, company: CompanyId, user: UserId) -> Result<Option<User>, Error> {
    let row = tx
        .query_opt(
            select!("WHERE company_id = $1 AND id = $2"),
            &values![company.to_string(), user.to_string()],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The person who signs in with `login`, whatever its letter case. Before this it is not known
/// which company is asking.
pub async fn find_by_login(tx: &mut Tx, login: &str) -> Result<Option<User>, Error> {
    let row = tx
        .query_opt(
            select!("WHERE login = $1"),
            &values![login.trim().to_lowercase()],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The person with this id. Before this it is not known which company is asking.
pub async fn find_by_id(tx: &mut Tx, user: UserId) -> Result<Option<User>, Error> {
    let row = tx
        .query_opt(select!("WHERE id = $1"), &values![user.to_string()])
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Disables a person's account, or enables it again.
pub async fn set_enabled(
    tx: &mut Tx,
    company: CompanyId,
    user: UserId,
    enabled: bool,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE users SET enabled = $3 WHERE company_id = $1 AND id = $2",
        &values![company.to_string(), user.to_string(), enabled],
    )
    .await?;
    Ok(())
}

/// `hash` is a PHC string.
pub async fn set_password(
    tx: &mut Tx,
    company: CompanyId,
    user: UserId,
    hash: &str,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE users SET password_hash = $3 WHERE company_id = $1 AND id = $2",
        &values![company.to_string(), user.to_string(), hash],
    )
    .await?;
    Ok(())
}

/// Those of a company who may connect for it, by family name.
pub async fn administrators(tx: &mut Tx, company: CompanyId) -> Result<Vec<User>, Error> {
    let rows = tx
        .query(
            select!(
                "WHERE company_id = $1 AND web_services_admin
             ORDER BY family_name, given_name, id"
            ),
            &values![company.to_string()],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Everybody at a company, by family name.
pub async fn all(tx: &mut Tx, company: CompanyId) -> Result<Vec<User>, Error> {
    let rows = tx
        .query(
            select!("WHERE company_id = $1 ORDER BY family_name, given_name, id"),
            &values![company.to_string()],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<User, Error> {
    Ok(User {
        company: company(row)?,
        id: parsed(row, "id")?,
        login: row.get("login")?,
        password_hash: row.get("password_hash")?,
        given_name: row.get("given_name")?,
        family_name: row.get("family_name")?,
        title: row.get("title")?,
        language: row.get("language")?,
        country: row.get("country")?,
        web_services_admin: row.get("web_services_admin")?,
        enabled: row.get("enabled")?,
    })
}
