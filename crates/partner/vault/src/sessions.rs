use std::time::Duration;

use db::{Tx, values};
use protocol::TokenHash;
use uuid::Uuid;

use crate::audit_log::{self, On};
use crate::{Action, Staff, Vault, staff};

/// How long a member of staff stays signed in.
pub(crate) const SESSION: Duration = Duration::from_secs(8 * 3_600);

impl Vault {
    /// Signs somebody in to the console for eight hours. Only the hash of the cookie is kept.
    pub async fn begin_session(
        &self,
        token: TokenHash,
        staff: Uuid,
    ) -> Result<Duration, db::Error> {
        let now = self.clock().now();
        let mut tx = self.db().write().await?;
        tx.execute(
            "INSERT INTO sessions (token_hash, staff_id, created_at, expires_at)
             VALUES ($1, $2, $3, $4)",
            &values![
                token.as_bytes(),
                staff.to_string(),
                now.as_micros(),
                (now + SESSION).as_micros(),
            ],
        )
        .await?;
        audit_log::record(&mut tx, self, Action::SignedIn, On::default()).await?;
        tx.commit().await?;
        Ok(SESSION)
    }

    pub async fn session(&self, token: TokenHash) -> Result<Option<Staff>, db::Error> {
        let mut tx = self.db().read().await?;
        let row = tx
            .query_opt(
                "SELECT staff.id, staff.email, staff.name, staff.password_hash
                 FROM sessions JOIN staff ON staff.id = sessions.staff_id
                 WHERE sessions.token_hash = $1 AND sessions.expires_at > $2",
                &values![token.as_bytes(), self.clock().now().as_micros()],
            )
            .await?;
        row.as_ref().map(staff::read).transpose()
    }

    pub async fn end_session(&self, token: TokenHash) -> Result<(), db::Error> {
        let mut tx = self.db().write().await?;
        let ended = tx
            .execute(
                "DELETE FROM sessions WHERE token_hash = $1",
                &values![token.as_bytes()],
            )
            .await?;
        if ended > 0 {
            audit_log::record(&mut tx, self, Action::SignedOut, On::default()).await?;
        }
        tx.commit().await
    }

    pub(crate) async fn forget_sessions(&self) -> Result<(), db::Error> {
        let mut tx = self.db().write().await?;
        tx.execute(
            "DELETE FROM sessions WHERE expires_at <= $1",
            &values![self.clock().now().as_micros()],
        )
        .await?;
        tx.commit().await
    }
}

/// Signs out whoever is signed in with this address.
pub(crate) async fn end_of(tx: &mut Tx, email: &str) -> Result<(), db::Error> {
    tx.execute(
        "DELETE FROM sessions WHERE staff_id IN (SELECT id FROM staff WHERE email = $1)",
        &values![email],
    )
    .await?;
    Ok(())
}
