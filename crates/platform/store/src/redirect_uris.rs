//! Where an app lets authorization codes be sent.

use db::{Error, Tx, values};
use protocol::AppId;

/// Registers addresses, to the byte as they are (S03).
pub async fn insert(tx: &mut Tx, app: AppId, uris: &[String]) -> Result<(), Error> {
    for (position, uri) in (0_i64..).zip(uris) {
        tx.execute(
            "INSERT INTO redirect_uris (client_id, uri, position) VALUES ($1, $2, $3)",
            &values![app.to_string(), uri, position],
        )
        .await?;
    }
    Ok(())
}

/// Registers addresses in place of those that stand there.
pub async fn replace(tx: &mut Tx, app: AppId, uris: &[String]) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM redirect_uris WHERE client_id = $1",
        &values![app.to_string()],
    )
    .await?;
    insert(tx, app, uris).await
}

/// All addresses of an app, in the order in which they were registered.
pub async fn all(tx: &mut Tx, app: AppId) -> Result<Vec<String>, Error> {
    let rows = tx
        .query(
            "SELECT uri FROM redirect_uris WHERE client_id = $1 ORDER BY position",
            &values![app.to_string()],
        )
        .await?;
    rows.iter().map(|row| row.get("uri")).collect()
}
