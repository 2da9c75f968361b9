use db::{Error, Row, Tx, values};
use protocol::{CompanyId, Edition};
use serde::{Deserialize, Serialize};

use crate::columns::{json, parsed, to_json};

/// A customer company: the tenant.
#[derive(Clone, Debug)]
pub struct Company {
    pub id: CompanyId,
    pub name: String,
    pub edition: Edition,
    /// Name of the data centre it lives in, as `us2`.
    pub data_center: String,
    pub internet_domain: String,
    /// As `en-us`.
    pub default_language: String,
    pub employees: i64,
    pub address: Address,
    /// Suspended, it gets no tokens (123), and those it has open nothing.
    pub enabled: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Address {
    pub street_address: String,
    pub locality: String,
    pub region: String,
    /// ISO 3166, two letters.
    pub country: String,
    pub postal_code: String,
}

/// All columns by name: one that a newer release adds changes nothing here.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, edition, data_center, internet_domain, default_language,
               employees, address, enabled
             FROM companies ",
            $rest
        )
    };
}

pub async fn insert(tx: &mut Tx, company: &Company) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO companies
           (id, name, edition, data_center, internet_domain, default_language, employees, address,
            enabled)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &values![
            company.id.to_string(),
            &company.name,
            company.edition.as_str(),
            &company.data_center,
            &company.internet_domain,
            &company.default_language,
            company.employees,
            to_json(&company.address),
            company.enabled,
        ],
    )
    .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, company: CompanyId) -> Result<Option<Company>, Error> {
    let row = tx
        .query_opt(select!("WHERE id = $1"), &values![company.to_string()])
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The company to which an internet domain belongs, if one does. Before this it is not known which
/// company is asked for.
pub async fn find_by_domain(tx: &mut Tx, domain: &str) -> Result<Option<Company>, Error> {
    let row = tx
        .query_opt(
            select!("WHERE internet_domain = $1 ORDER BY id LIMIT 1"),
            &values![domain],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// All companies, by name: for an operator.
pub async fn all(tx: &mut Tx) -> Result<Vec<Company>, Error> {
    let rows = tx.query(select!("ORDER BY name, id"), &[]).await?;
    rows.iter().map(from_row).collect()
}

/// Names another data centre as the one in which a company lives.
pub async fn set_data_center(
    tx: &mut Tx,
    company: CompanyId,
    data_center: &str,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE companies SET data_center = $2 WHERE id = $1",
        &values![company.to_string(), data_center],
    )
    .await?;
    Ok(())
}

/// Suspends a company, or lifts that: at once, for all its tokens (S22).
pub async fn set_enabled(tx: &mut Tx, company: CompanyId, enabled: bool) -> Result<(), Error> {
    tx.execute(
        "UPDATE companies SET enabled = $2 WHERE id = $1",
        &values![company.to_string(), enabled],
    )
    .await?;
    Ok(())
}

fn from_row(row: &Row) -> Result<Company, Error> {
    Ok(Company {
        id: parsed(row, "id")?,
        name: row.get("name")?,
        edition: parsed(row, "edition")?,
        data_center: row.get("data_center")?,
        internet_domain: row.get("internet_domain")?,
        default_language: row.get("default_language")?,
        employees: row.get("employees")?,
        address: json(row, "address")?,
        enabled: row.get("enabled")?,
    })
}
