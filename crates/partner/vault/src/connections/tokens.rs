use ambient::Failpoint;
use client::{Call, Tokens};
use db::{Error, Row, Tx, values};
use protocol::{AppId, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::sealed::place;
use super::{COLUMNS, Connection, ConnectionState, read};
use crate::audit_log::{self, On};
use crate::events::{self, Happening};
use crate::{AccessToken, Action, Vault, calls, columns, due};

/// A connection's tokens as they stand in the table, opened.
pub(crate) struct Stored {
    pub connection: Connection,
    pub generation: i64,
    /// Number of the latest lease; of this one, when [`Vault::take_lease`] gave it.
    pub fence: i64,
    pub lease_until: Option<Timestamp>,
    pub failures: i64,
    /// Comes from a backup (S59).
    pub doubtful: bool,
    pub refresh_token: Option<SecretString>,
    pub previous: Option<SecretString>,
    /// What the last refresh brought, whichever process made it.
    pub access: Option<AccessToken>,
}

/// What became of tokens that were to be kept.
pub(crate) enum Kept {
    /// Durable, in this generation.
    Yes(i64),
    /// A later lease has written meanwhile, or the connection has ended (S48).
    Late,
}

pub(crate) const TOKENS: &str = "generation, fence, lease_until, failures, doubtful, data_key, \
    refresh_token, previous_refresh_token, access_token, access_expires_at";

impl Vault {
    /// A connection with its tokens opened.
    pub(crate) async fn stored(
        &self,
        app: AppId,
        principal: Uuid,
    ) -> Result<Option<Stored>, Error> {
        let sql = format!(
            "SELECT {COLUMNS}, {TOKENS} FROM connections WHERE app = $1 AND principal = $2"
        );
        let mut tx = self.db().read().await?;
        let row = tx
            .query_opt(&sql, &values![app.to_string(), principal.to_string()])
            .await?;
        row.map(|row| self.read_stored(app, principal, &row))
            .transpose()
    }

    pub(crate) fn read_stored(
        &self,
        app: AppId,
        principal: Uuid,
        row: &Row,
    ) -> Result<Stored, Error> {
        let connection = read(row)?;
        let generation = row.get("generation")?;
        let wrapped: Option<Vec<u8>> = row.get("data_key")?;
        let key = wrapped
            .map(|wrapped| self.open_data_key(app, principal, &wrapped))
            .transpose()?;
        let open = |column: &str, part: &str| {
            let sealed: Option<Vec<u8>> = row.get(column)?;
            let Some(sealed) = sealed else {
                return Ok(None);
            };
            match &key {
                Some(key) => key.open(generation, part, &sealed),
                // Sealed before connections had keys of their own.
                None => self.open_sealed(&place(app, principal, generation, part), &sealed),
            }
            .map(Some)
        };
        let expires_at = columns::time_opt(row, "access_expires_at")?;
        let access = open("access_token", "access")?
            .zip(expires_at)
            .map(|(value, expires_at)| AccessToken {
                value,
                geolocation: connection.geolocation.clone(),
                expires_at,
                generation,
            });
        Ok(Stored {
            generation,
            fence: row.get("fence")?,
            lease_until: columns::time_opt(row, "lease_until")?,
            failures: row.get("failures")?,
            doubtful: row.get("doubtful")?,
            refresh_token: open("refresh_token", "current")?,
            previous: open("previous_refresh_token", "previous")?,
            access,
            connection,
        })
    }

    /// Keeps what a refresh with `used` brought, logs its calls and gives the lease back, in one
    /// durable transaction. What a later lease has written stands (S48).
    pub(crate) async fn keep_tokens(
        &self,
        lease: &Stored,
        used: &SecretString,
        tokens: &Tokens,
        (log, shared): (&[Call], bool),
    ) -> Result<Kept, Error> {
        let now = self.clock().now();
        let mut tx = self.db().write().await?;
        calls::insert_all(&mut tx, self, lease.connection.id, log).await?;
        let Some((state, generation, wrapped)) = writable(&mut tx, lease).await? else {
            tx.commit().await?;
            return Ok(Kept::Late);
        };
        Failpoint::VaultOpened.reached();
        let connection = &lease.connection;
        let (app, principal) = (connection.app, connection.principal);
        let (key, wrapped) = match wrapped {
            Some(wrapped) => (self.open_data_key(app, principal, &wrapped)?, None),
            None => {
                let (key, wrapped) = self.new_data_key(app, principal);
                (key, Some(wrapped))
            }
        };
        let new = tokens.refresh_token.as_ref().unwrap_or(used);
        let rotated = new.expose_secret() != used.expose_secret();
        let next = generation + 1;
        let seal = |part, token| self.seal_token(&key, (next, part), token);
        let due = due::next_refresh(now, self.entropy());
        let changed = tx
            .execute(
                KEEP,
                &values![
                    connection.id.to_string(),
                    generation,
                    lease.fence,
                    now.as_micros(),
                    seal("current", new),
                    rotated.then(|| seal("previous", used)),
                    shared.then(|| seal("access", &tokens.access_token)),
                    tokens.access_expires_at.as_micros(),
                    tokens.geolocation.as_str(),
                    tokens.scope.as_str(),
                    tokens.refresh_expires_at.map(Timestamp::as_micros),
                    due.as_micros(),
                    wrapped.as_ref().map(|_| self.keys().current().name.clone()),
                    wrapped,
                ],
            )
            .await?;
        Failpoint::VaultWritten.reached();
        if changed == 0 {
            // Another transaction came between on a database that lets it; the caller looks again.
            return Ok(Kept::Late);
        }
        if state == ConnectionState::NeedsReconnect {
            events::insert(&mut tx, self, connection, Happening::Recovered).await?;
            let done = (&super::lease::system(log), Action::Recovered);
            audit_log::record_by(&mut tx, self, done, On::customer(app, principal)).await?;
        }
        let mark = match rotated {
            true => Some(self.watermark().raise(&mut tx).await?),
            false => None,
        };
        tx.commit().await?;
        Failpoint::VaultKept.reached();
        if let Some(mark) = mark {
            self.watermark().reached(mark).await;
        }
        Ok(Kept::Yes(next))
    }

    /// The columns of new tokens: of a connection that begins anew, with a new data key.
    pub(crate) fn begin_tokens(
        &self,
        (app, principal, generation): (AppId, Uuid, i64),
        refresh_token: &SecretString,
        tokens: &Tokens,
    ) -> BegunTokens {
        let (key, wrapped) = self.new_data_key(app, principal);
        let seal = |part, token| self.seal_token(&key, (generation, part), token);
        BegunTokens {
            refresh_token: seal("current", refresh_token),
            access_token: seal("access", &tokens.access_token),
            data_key: wrapped,
            data_key_under: self.keys().current().name.clone(),
        }
    }
}

/// Tokens of an exchange, sealed for the table.
pub(crate) struct BegunTokens {
    pub refresh_token: Vec<u8>,
    pub access_token: Vec<u8>,
    pub data_key: Vec<u8>,
    pub data_key_under: String,
}

/// State, generation and data key, if `lease` may still write.
async fn writable(
    tx: &mut Tx,
    lease: &Stored,
) -> Result<Option<(ConnectionState, i64, Option<Vec<u8>>)>, Error> {
    let row = tx
        .query_opt(
            "SELECT state, generation, data_key FROM connections
             WHERE id = $1 AND written_fence < $2 AND state <> 'disconnected'",
            &values![lease.connection.id.to_string(), lease.fence],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let state = ConnectionState::parse(&row.get::<String>("state")?)
        .ok_or_else(|| Error::Program("a connection in an unknown state".to_owned()))?;
    Ok(Some((state, row.get("generation")?, row.get("data_key")?)))
}

const KEEP: &str = "UPDATE connections
    SET generation = generation + 1, written_fence = $3,
        lease_until = CASE WHEN fence = $3 THEN NULL ELSE lease_until END,
        refresh_token = $5, previous_refresh_token = $6, access_token = $7, access_expires_at = $8,
        geolocation = $9, scope = $10, refresh_expires_at = COALESCE($11, refresh_expires_at),
        last_refreshed_at = $4, due_at = $12,
        data_key_under = COALESCE($13, data_key_under), data_key = COALESCE($14, data_key),
        failures = 0, failing_since = NULL, failure = NULL, alerted_days = NULL, doubtful = FALSE,
        state_since = CASE WHEN state = 'needs_reconnect' THEN $4 ELSE state_since END,
        state = CASE WHEN state = 'needs_reconnect' THEN 'connected' ELSE state END
    WHERE id = $1 AND generation = $2 AND written_fence < $3 AND state <> 'disconnected'";

/// State and generation of the row, if there is one: what is sealed next must have a later one.
pub(crate) async fn before(
    tx: &mut Tx,
    app: AppId,
    principal: Uuid,
) -> Result<Option<(ConnectionState, i64)>, Error> {
    let row = tx
        .query_opt(
            "SELECT state, generation FROM connections WHERE app = $1 AND principal = $2",
            &values![app.to_string(), principal.to_string()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let state = ConnectionState::parse(&row.get::<String>("state")?)
        .ok_or_else(|| Error::Program("a connection in an unknown state".to_owned()))?;
    Ok(Some((state, row.get("generation")?)))
}
