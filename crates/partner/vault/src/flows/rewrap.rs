use db::{Error, values};

use super::place;
use crate::{Vault, columns};

impl Vault {
    /// Brings the request tokens of visits under the current vault key. There are few: a visit
    /// lasts a day at most.
    pub(crate) async fn rewrap_flows(&self) -> Result<(), Error> {
        let mut tx = self.db().write().await?;
        let rows = tx
            .query(
                "SELECT id, request_token FROM flows WHERE request_token IS NOT NULL",
                &[],
            )
            .await?;
        for row in rows {
            let id = columns::uuid(&row, "id")?;
            let sealed: Vec<u8> = row.get("request_token")?;
            let anew = self.seal_anew(&place(id), &sealed)?;
            tx.execute(
                "UPDATE flows SET request_token = $1 WHERE id = $2",
                &values![anew, id.to_string()],
            )
            .await?;
        }
        tx.commit().await
    }
}
