use db::{Error, Row, Tx, values};
use protocol::AppId;

use super::sealed::{key_place, place};
use crate::{Vault, columns};

/// How many rows one transaction brings under the current key.
const BATCH: i64 = 200;

impl Vault {
    /// Brings a batch of data keys under the current vault key; gives their number. Tokens stay as
    /// they are.
    pub(crate) async fn rewrap_connections(&self) -> Result<usize, Error> {
        let current = self.keys().current().name.as_str();
        let mut tx = self.db().write().await?;
        let rows = tx
            .query(
                "SELECT id, app, principal, data_key FROM connections
                 WHERE data_key_under <> $1 AND data_key IS NOT NULL LIMIT $2",
                &values![current, BATCH],
            )
            .await?;
        for row in &rows {
            let app = AppId::from_uuid(columns::uuid(row, "app")?);
            let place = key_place(app, columns::uuid(row, "principal")?);
            let before: Vec<u8> = row.get("data_key")?;
            let anew = self.seal_anew(&place, &before)?;
            tx.execute(
                "UPDATE connections SET data_key = $1, data_key_under = $2
                 WHERE id = $3 AND data_key = $4",
                &values![anew, current, row.get::<String>("id")?, before],
            )
            .await?;
        }
        tx.commit().await?;
        Ok(rows.len())
    }

    /// Gives a batch of connections that have no data key of their own yet one; their number.
    pub(crate) async fn envelop_connections(&self) -> Result<usize, Error> {
        let mut tx = self.db().write().await?;
        let rows = tx
            .query(
                "SELECT id, app, principal, generation, refresh_token, previous_refresh_token
                 FROM connections
                 WHERE data_key IS NULL AND refresh_token IS NOT NULL LIMIT $1",
                &values![BATCH],
            )
            .await?;
        for row in &rows {
            self.envelop(&mut tx, row).await?;
        }
        tx.commit().await?;
        Ok(rows.len())
    }

    async fn envelop(&self, tx: &mut Tx, row: &Row) -> Result<(), Error> {
        let app = AppId::from_uuid(columns::uuid(row, "app")?);
        let principal = columns::uuid(row, "principal")?;
        let generation: i64 = row.get("generation")?;
        let (key, wrapped) = self.new_data_key(app, principal);
        let anew = |column: &str, part: &str| {
            let sealed: Option<Vec<u8>> = row.get(column)?;
            let Some(sealed) = sealed else {
                return Ok::<_, Error>(None);
            };
            let token = self.open_sealed(&place(app, principal, generation, part), &sealed)?;
            Ok(Some(self.seal_token(&key, (generation, part), &token)))
        };
        tx.execute(
            "UPDATE connections
             SET data_key = $1, data_key_under = $2, refresh_token = $3,
                 previous_refresh_token = $4
             WHERE id = $5 AND generation = $6 AND data_key IS NULL",
            &values![
                wrapped,
                self.keys().current().name.as_str(),
                anew("refresh_token", "current")?,
                anew("previous_refresh_token", "previous")?,
                row.get::<String>("id")?,
                generation,
            ],
        )
        .await?;
        Ok(())
    }
}
