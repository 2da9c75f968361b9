use db::{Error, Row, Tx, values};
use protocol::{CompanyId, ScopeSet, Timestamp, UserId};
use uuid::Uuid;

use crate::columns::{parsed, scopes, time};
use crate::legal_texts::TextKind;

/// One text, agreed to by one person: together the electronic letter of authorization (AC-24).
#[derive(Clone, Debug)]
pub struct Acceptance {
    pub id: Uuid,
    pub user: UserId,
    pub listing: String,
    pub kind: String,
    pub version: String,
    /// The scopes whose descriptions were on the screen.
    pub scopes_shown: ScopeSet,
    pub accepted_at: Timestamp,
}

pub async fn insert(tx: &mut Tx, company: CompanyId, given: &Acceptance) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO terms_acceptances
           (company_id, id, user_id, listing_id, kind, version, scopes_shown, accepted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &values![
            company.to_string(),
            given.id.to_string(),
            given.user.to_string(),
            &given.listing,
            &given.kind,
            &given.version,
            given.scopes_shown.to_string(),
            given.accepted_at.as_micros(),
        ],
    )
    .await?;
    Ok(())
}

/// Whether anybody at the company has accepted this version; with `user`, whether that person has.
pub async fn exists(
    tx: &mut Tx,
    company: CompanyId,
    user: Option<UserId>,
    kind: TextKind,
    version: &str,
) -> Result<bool, Error> {
    let row = tx
        .query_opt(
            "SELECT 1 AS found FROM terms_acceptances
             WHERE company_id = $1 AND kind = $2 AND version = $3
               AND ($4 = '' OR user_id = $4) LIMIT 1",
            &values![
                company.to_string(),
                kind.as_str(),
                version,
                user.map(|user| user.to_string()).unwrap_or_default(),
            ],
        )
        .await?;
    Ok(row.is_some())
}

/// What was agreed to for one listing, newest first.
pub async fn for_listing(
    tx: &mut Tx,
    company: CompanyId,
    listing: &str,
) -> Result<Vec<Acceptance>, Error> {
    let rows = tx
        .query(
            "SELECT company_id, id, user_id, listing_id, kind, version, scopes_shown,
               accepted_at
             FROM terms_acceptances WHERE company_id = $1 AND listing_id = $2
             ORDER BY accepted_at DESC, id LIMIT 100",
            &values![company.to_string(), listing],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Acceptance, Error> {
    Ok(Acceptance {
        id: parsed(row, "id")?,
        user: parsed(row, "user_id")?,
        listing: row.get("listing_id")?,
        kind: row.get("kind")?,
        version: row.get("version")?,
        scopes_shown: scopes(row, "scopes_shown")?,
        accepted_at: time(row, "accepted_at")?,
    })
}
