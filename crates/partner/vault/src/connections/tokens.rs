use db::{Error, Tx, values};
use protocol::{AppId, Origin, Timestamp};
use secrecy::SecretString;
use uuid::Uuid;

use super::{COLUMNS, Connection, read};
use crate::Vault;

/// A connection's tokens as they stand in the table, opened.
pub(crate) struct Stored {
    pub connection: Connection,
    pub generation: i64,
    pub refresh_token: Option<SecretString>,
    pub previous: Option<SecretString>,
}

/// Tokens for the table; `previous` stays until `refresh_token` has been used with success.
pub(crate) struct Replacement<'a> {
    pub refresh_token: &'a SecretString,
    pub previous: Option<&'a SecretString>,
    pub geolocation: &'a Origin,
    pub scope: &'a str,
    pub refresh_expires_at: Option<Timestamp>,
}

impl Vault {
    /// A connection with its tokens opened.
    pub(crate) async fn stored(
        &self,
        app: AppId,
        principal: Uuid,
    ) -> Result<Option<Stored>, Error> {
        let sql = format!(
            "SELECT {COLUMNS}, generation, refresh_token, previous_refresh_token
             FROM connections WHERE app = $1 AND principal = $2"
        );
        let mut tx = self.db().read().await?;
        let row = tx
            .query_opt(&sql, &values![app.to_string(), principal.to_string()])
            .await?;
        let Some(row) = row else { return Ok(None) };
        let generation = row.get("generation")?;
        let open = |column: &str, part: &str| {
            let sealed: Option<Vec<u8>> = row.get(column)?;
            let place = place(app, principal, generation, part);
            sealed
                .map(|sealed| self.open_sealed(&place, &sealed))
                .transpose()
        };
        Ok(Some(Stored {
            connection: read(&row)?,
            generation,
            refresh_token: open("refresh_token", "current")?,
            previous: open("previous_refresh_token", "previous")?,
        }))
    }

    /// Keeps what a refresh brought, unless the row has moved on since `stored` was read (S48).
    pub(crate) async fn replace_tokens(
        &self,
        stored: &Stored,
        new: Replacement<'_>,
    ) -> Result<bool, Error> {
        let connection = &stored.connection;
        let now = self.clock().now();
        let sealed = self.sealed(
            connection.app,
            connection.principal,
            stored.generation + 1,
            &new,
        );
        let mut tx = self.db().write().await?;
        let changed = tx
            .execute(
                "UPDATE connections
                 SET generation = generation + 1, refresh_token = $1, previous_refresh_token = $2,
                     geolocation = $3, scope = $4,
                     refresh_expires_at = COALESCE($5, refresh_expires_at), last_refreshed_at = $6,
                     state_since = CASE WHEN state = 'needs_reconnect' THEN $6 ELSE state_since END,
                     state = CASE WHEN state = 'needs_reconnect' THEN 'connected' ELSE state END
                 WHERE id = $7 AND generation = $8 AND state <> 'disconnected'",
                &values![
                    sealed.0,
                    sealed.1,
                    new.geolocation.as_str(),
                    new.scope,
                    new.refresh_expires_at.map(Timestamp::as_micros),
                    now.as_micros(),
                    connection.id.to_string(),
                    stored.generation,
                ],
            )
            .await?;
        tx.commit().await?;
        Ok(changed > 0)
    }

    /// The tokens, sealed for their place: app, principal, generation, and which of the two.
    pub(crate) fn sealed(
        &self,
        app: AppId,
        principal: Uuid,
        generation: i64,
        new: &Replacement<'_>,
    ) -> (Vec<u8>, Option<Vec<u8>>) {
        let seal = |part: &str, token: &SecretString| {
            self.seal(&place(app, principal, generation, part), token)
        };
        (
            seal("current", new.refresh_token),
            new.previous.map(|token| seal("previous", token)),
        )
    }

    /// Destroys the tokens of a connection that is being ended (S54). Its history stays.
    pub(crate) async fn shred(&self, id: Uuid) -> Result<bool, Error> {
        let mut tx = self.db().write().await?;
        let changed = tx
            .execute(
                "UPDATE connections
                 SET state = 'disconnected', state_since = $1, generation = generation + 1,
                     refresh_token = NULL, previous_refresh_token = NULL, refresh_expires_at = NULL
                 WHERE id = $2 AND state = 'disconnecting'",
                &values![self.clock().now().as_micros(), id.to_string()],
            )
            .await?;
        tx.commit().await?;
        Ok(changed > 0)
    }
}

/// Generation of the row, if there is one: what is sealed next must have a later one.
pub(crate) async fn generation(
    tx: &mut Tx,
    app: AppId,
    principal: Uuid,
) -> Result<Option<i64>, Error> {
    let row = tx
        .query_opt(
            "SELECT generation FROM connections WHERE app = $1 AND principal = $2",
            &values![app.to_string(), principal.to_string()],
        )
        .await?;
    row.map(|row| row.get("generation")).transpose()
}

fn place(app: AppId, principal: Uuid, generation: i64, part: &str) -> String {
    format!("connection {app} {principal} {generation} {part}")
}
