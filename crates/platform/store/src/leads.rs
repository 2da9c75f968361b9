use db::{Error, Tx, values};
use protocol::{CompanyId, Timestamp, UserId};
use uuid::Uuid;

use crate::columns::to_json;

/// Somebody who asked a partner for information (AC-50).
pub struct Lead {
    pub id: Uuid,
    pub listing: String,
    pub company: CompanyId,
    pub user: UserId,
    /// Names and values as the form had them, in its order.
    pub fields: Vec<(String, String)>,
    pub submitted_at: Timestamp,
}

pub async fn insert(tx: &mut Tx, lead: &Lead) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO leads (id, listing_id, company_id, user_id, fields, submitted_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &values![
            lead.id.to_string(),
            &lead.listing,
            lead.company.to_string(),
            lead.user.to_string(),
            to_json(&lead.fields),
            lead.submitted_at.as_micros(),
        ],
    )
    .await?;
    Ok(())
}
