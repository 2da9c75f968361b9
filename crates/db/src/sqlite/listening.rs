//! What other processes write into the file: that they did, not what.

use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::broadcast::Sender;
use tokio::time::sleep;

use crate::Error;
use crate::notices::Notice;

/// How often the file is looked at: how late another process is noticed.
const LOOK: Duration = Duration::from_secs(1);

/// Tells [`Notice::Missed`] when anybody has written, this process among them; ends when the file
/// cannot be read any longer.
pub(super) async fn keep_looking(connection: Result<Connection, Error>, told: Sender<Notice>) {
    let Err(error) = look(connection, told).await;
    tracing::error!(reason = %error, "what other processes write is not noticed any longer");
}

async fn look(
    connection: Result<Connection, Error>,
    told: Sender<Notice>,
) -> Result<std::convert::Infallible, Error> {
    let connection = connection?;
    let mut before = version(&connection)?;
    loop {
        sleep(LOOK).await;
        let now = version(&connection)?;
        if now != before {
            let _ = told.send(Notice::Missed);
        }
        before = now;
    }
}

/// A number that changes with every commit of another connection.
fn version(connection: &Connection) -> Result<i64, Error> {
    let asked = connection.query_row("PRAGMA data_version", (), |row| row.get(0));
    asked.map_err(super::sqlite_error)
}
