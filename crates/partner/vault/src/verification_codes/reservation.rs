use db::{Tx, values};
use protocol::{AppId, Timestamp};
use uuid::Uuid;

use super::normalize_code;
use crate::{Vault, columns};

/// Who enters a code.
#[derive(Clone, Copy)]
pub struct Entrant {
    pub app: AppId,
    pub flow: Uuid,
    /// Of the link; unproven until the exchange.
    pub principal: Uuid,
    /// Until when the flow lives: so long the code is kept for it.
    pub until: Timestamp,
}

impl Vault {
    /// Keeps a code for the flow that entered it; gives its id. `None` alike for codes that are
    /// unknown, used, expired, revoked, of another app, or entered by somebody else.
    ///
    /// The company that used a code may enter it again: to reconnect.
    pub async fn reserve_code(
        &self,
        entered: &str,
        entrant: Entrant,
    ) -> Result<Option<Uuid>, db::Error> {
        let plain = normalize_code(entered).unwrap_or_default();
        let now = self.clock().now();
        let mut tx = self.db().write().await?;
        let row = tx
            .query_opt(
                "UPDATE verification_codes
                 SET reserved_by = $1, reserved_for = $2, reserved_until = $3
                 WHERE hash = $4 AND app = $5 AND revoked_at IS NULL
                   AND ((used_at IS NULL AND expires_at > $6
                         AND (reserved_by IS NULL OR reserved_until < $6 OR reserved_for = $2))
                        OR (used_at IS NOT NULL AND used_by = $2))
                 RETURNING id",
                &values![
                    entrant.flow.to_string(),
                    entrant.principal.to_string(),
                    entrant.until.as_micros(),
                    self.code_hash(&plain),
                    entrant.app.to_string(),
                    now.as_micros(),
                ],
            )
            .await?;
        let id = row.map(|row| columns::uuid(&row, "id")).transpose()?;
        if id.is_some() {
            tx.commit().await?;
        }
        Ok(id)
    }
}

/// Whether a flow holds a code.
pub(crate) async fn is_held(tx: &mut Tx, flow: Uuid) -> Result<bool, db::Error> {
    let row = tx
        .query_opt(
            "SELECT id FROM verification_codes WHERE reserved_by = $1 AND revoked_at IS NULL",
            &values![flow.to_string()],
        )
        .await?;
    Ok(row.is_some())
}

/// Frees the code that a flow holds.
pub(crate) async fn release(tx: &mut Tx, flow: Uuid) -> Result<(), db::Error> {
    tx.execute(
        "UPDATE verification_codes SET reserved_by = NULL, reserved_for = NULL, reserved_until = NULL
         WHERE reserved_by = $1",
        &values![flow.to_string()],
    )
    .await?;
    Ok(())
}

/// Uses up the code that a flow holds. `false` when the flow does not hold it (any more).
pub(crate) async fn consume(
    tx: &mut Tx,
    id: Uuid,
    entrant: Entrant,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = tx
        .execute(
            "UPDATE verification_codes
             SET used_at = COALESCE(used_at, $1), used_by = $2,
                 reserved_by = NULL, reserved_for = NULL, reserved_until = NULL
             WHERE id = $3 AND reserved_by = $4 AND (used_by IS NULL OR used_by = $2)",
            &values![
                now.as_micros(),
                entrant.principal.to_string(),
                id.to_string(),
                entrant.flow.to_string(),
            ],
        )
        .await?;
    Ok(changed > 0)
}
