use db::{Error, Row, Tx, values};
use protocol::{CompanyId, Timestamp};

/// An event as it stands in the table.
#[derive(Clone, Debug)]
pub struct AuditRow {
    pub id: String,
    pub at: i64,
    pub company: Option<String>,
    pub client: Option<String>,
    pub action: String,
    /// JSON, as [`crate::audit::Event`] writes it.
    pub content: String,
    pub position: Option<i64>,
    pub chain: Option<Vec<u8>>,
}

/// All columns by name: one that a newer release adds changes nothing here.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, at, company_id, client_id, action, content, position, chain
             FROM audit_events ",
            $rest
        )
    };
}

pub(crate) async fn insert(tx: &mut Tx, row: &AuditRow) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO audit_events (id, at, company_id, client_id, action, content)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &values![
            &row.id,
            row.at,
            row.company.clone(),
            row.client.clone(),
            &row.action,
            &row.content,
        ],
    )
    .await?;
    Ok(())
}

/// Some of those that are not chained yet, oldest first.
pub(crate) async fn not_chained(tx: &mut Tx, at_most: i64) -> Result<Vec<AuditRow>, Error> {
    let rows = tx
        .query(
            select!("WHERE position IS NULL ORDER BY at, id LIMIT $1"),
            &values![at_most],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// How many are not chained yet.
pub(crate) async fn count_not_chained(tx: &mut Tx) -> Result<i64, Error> {
    let row = tx
        .query_opt(
            "SELECT COUNT(*) AS n FROM audit_events WHERE position IS NULL",
            &[],
        )
        .await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

pub(crate) async fn set_chain(
    tx: &mut Tx,
    id: &str,
    position: i64,
    chain: &[u8],
) -> Result<(), Error> {
    tx.execute(
        "UPDATE audit_events SET position = $2, chain = $3 WHERE id = $1 AND position IS NULL",
        &values![id, position, chain],
    )
    .await?;
    Ok(())
}

/// The last of the chain.
pub(crate) async fn last_chained(tx: &mut Tx) -> Result<Option<AuditRow>, Error> {
    let row = tx
        .query_opt(
            select!("WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1"),
            &[],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// A part of the chain, after a position.
pub(crate) async fn chained_after(
    tx: &mut Tx,
    position: i64,
    at_most: i64,
) -> Result<Vec<AuditRow>, Error> {
    let rows = tx
        .query(
            select!("WHERE position > $1 ORDER BY position LIMIT $2"),
            &values![position, at_most],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Some of what was done for a company, newest first.
pub(crate) async fn newest(
    tx: &mut Tx,
    company: CompanyId,
    action: &str,
    at_most: i64,
) -> Result<Vec<AuditRow>, Error> {
    let rows = tx
        .query(
            select!(
                "WHERE company_id = $1 AND action = $2
             ORDER BY at DESC, id LIMIT $3"
            ),
            &values![company.to_string(), action, at_most],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// What was done since an instant, oldest first: for tests and for who looks.
pub async fn since(tx: &mut Tx, at: Timestamp) -> Result<Vec<AuditRow>, Error> {
    let rows = tx
        .query(
            select!("WHERE at >= $1 ORDER BY at, id"),
            &values![at.as_micros()],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<AuditRow, Error> {
    Ok(AuditRow {
        id: row.get("id")?,
        at: row.get("at")?,
        company: row.get("company_id")?,
        client: row.get("client_id")?,
        action: row.get("action")?,
        content: row.get("content")?,
        position: row.get("position")?,
        chain: row.get("chain")?,
    })
}
