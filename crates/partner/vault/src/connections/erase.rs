use db::{Error, values};
use protocol::AppId;
use uuid::Uuid;

use crate::audit_log::{self, On};
use crate::{Action, Vault};

impl Vault {
    /// Marks a customer for deletion, and says whether there is anything of it.
    pub(crate) async fn mark_for_erasure(
        &self,
        app: AppId,
        principal: Uuid,
    ) -> Result<Option<Uuid>, Error> {
        let mut tx = self.db().write().await?;
        let row = tx
            .query_opt(
                "UPDATE connections SET erase = TRUE WHERE app = $1 AND principal = $2 RETURNING id",
                &values![app.to_string(), principal.to_string()],
            )
            .await?;
        if row.is_some() {
            let on = On::customer(app, principal);
            audit_log::record(&mut tx, self, Action::DeletionAsked, on).await?;
        }
        tx.commit().await?;
        row.map(|row| crate::columns::uuid(&row, "id")).transpose()
    }

    /// Removes everything about a customer whose connection has ended and that is marked (S54).
    /// `false` when it is not marked, or has not ended.
    pub(crate) async fn erase_ended(&self, id: Uuid) -> Result<bool, Error> {
        let mut tx = self.db().write().await?;
        let ended = tx
            .query_opt(
                "SELECT app, principal, account_id FROM connections
                 WHERE id = $1 AND erase = $2 AND state = 'disconnected'",
                &values![id.to_string(), true],
            )
            .await?;
        let Some(row) = ended else {
            return Ok(false);
        };
        let on = super::customer(&row)?;
        let customer = values![row.get::<String>("app")?, row.get::<String>("principal")?];
        let this = values![id.to_string()];
        for statement in [
            "DELETE FROM deliveries WHERE event_id IN (SELECT id FROM events WHERE connection_id = $1)",
            "DELETE FROM events WHERE connection_id = $1",
            "DELETE FROM calls WHERE connection_id = $1",
        ] {
            tx.execute(statement, &this).await?;
        }
        for statement in [
            "DELETE FROM usage WHERE app = $1 AND principal = $2",
            "DELETE FROM flows WHERE app = $1 AND principal = $2",
            "DELETE FROM connections WHERE app = $1 AND principal = $2",
        ] {
            tx.execute(statement, &customer).await?;
        }
        if let Some(account) = row.get::<Option<String>>("account_id")? {
            tx.execute(
                "DELETE FROM accounts WHERE id = $1
                   AND NOT EXISTS (SELECT id FROM connections WHERE account_id = $1)",
                &values![account],
            )
            .await?;
        }
        audit_log::record(&mut tx, self, Action::Deleted, on).await?;
        tx.commit().await?;
        Ok(true)
    }
}
