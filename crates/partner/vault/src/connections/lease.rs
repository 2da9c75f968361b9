use std::time::Duration;

use client::Call;
use db::{Error, values};
use protocol::{AppId, Timestamp};
use uuid::Uuid;

use super::tokens::{Stored, TOKENS};
use super::{COLUMNS, Connection, ConnectionState};
use crate::audit_log::{self, On};
use crate::events::{self, Happening};
use crate::{Action, Actor, By, Vault, calls};

/// A refresh that did not succeed.
pub(crate) struct Failure<'a> {
    /// Class of the refusal, and its number where it had one: `transient`, `not_enabled 53`.
    pub why: String,
    pub due_at: Timestamp,
    pub calls: &'a [Call],
}

impl Vault {
    /// Takes the lease of a connection for so long, if nobody holds it and the connection still
    /// stands as `seen` (S46). Its fence is greater than that of every lease before.
    pub(crate) async fn take_lease(
        &self,
        seen: &Stored,
        time_to_live: Duration,
    ) -> Result<Option<Stored>, Error> {
        let connection = &seen.connection;
        let now = self.clock().now();
        let sql = format!(
            "UPDATE connections SET fence = fence + 1, lease_until = $1
             WHERE id = $2 AND generation = $3 AND state = $4
               AND (lease_until IS NULL OR lease_until <= $5)
             RETURNING {COLUMNS}, {TOKENS}"
        );
        let mut tx = self.db().write().await?;
        let row = tx
            .query_opt(
                &sql,
                &values![
                    (now + time_to_live).as_micros(),
                    connection.id.to_string(),
                    seen.generation,
                    connection.state.as_str(),
                    now.as_micros(),
                ],
            )
            .await?;
        tx.commit().await?;
        row.map(|row| self.read_stored(connection.app, connection.principal, &row))
            .transpose()
    }

    /// Holds a lease for longer. `false` when another has taken it: then nothing more is asked of
    /// the platform under it.
    pub(crate) async fn extend_lease(
        &self,
        lease: &Stored,
        time_to_live: Duration,
    ) -> Result<bool, Error> {
        let until = self.clock().now() + time_to_live;
        let mut tx = self.db().write().await?;
        let changed = tx
            .execute(
                "UPDATE connections SET lease_until = $1 WHERE id = $2 AND fence = $3",
                &values![
                    until.as_micros(),
                    lease.connection.id.to_string(),
                    lease.fence
                ],
            )
            .await?;
        tx.commit().await?;
        Ok(changed > 0)
    }

    /// Gives a lease back after a refresh that failed: the connection stands as it did (S49).
    pub(crate) async fn note_failure(
        &self,
        lease: &Stored,
        failure: Failure<'_>,
    ) -> Result<(), Error> {
        let now = self.clock().now();
        let id = lease.connection.id;
        let mut tx = self.db().write().await?;
        calls::insert_all(&mut tx, self, id, failure.calls).await?;
        tx.execute(
            "UPDATE connections SET lease_until = NULL, failures = failures + 1, failure = $1,
                 failing_since = COALESCE(failing_since, $2), due_at = $3
             WHERE id = $4 AND fence = $5",
            &values![
                failure.why,
                now.as_micros(),
                failure.due_at.as_micros(),
                id.to_string(),
                lease.fence,
            ],
        )
        .await?;
        tx.commit().await
    }

    /// The platform knows none of the tokens of this generation: from now on it is left in peace,
    /// and those who can help are told, once (S50). `false` when a later lease has been taken: its
    /// holder decides.
    pub(crate) async fn mark_gone(&self, lease: &Stored, log: &[Call]) -> Result<bool, Error> {
        let connection = &lease.connection;
        let mut tx = self.db().write().await?;
        calls::insert_all(&mut tx, self, connection.id, log).await?;
        let row = tx
            .query_opt(
                "UPDATE connections
                 SET state = CASE WHEN state = 'connected' THEN 'needs_reconnect' ELSE state END,
                     state_since = CASE WHEN state = 'connected' THEN $1 ELSE state_since END,
                     lease_until = NULL, access_token = NULL
                 WHERE id = $2 AND generation = $3 AND fence = $4
                 RETURNING state",
                &values![
                    self.clock().now().as_micros(),
                    connection.id.to_string(),
                    lease.generation,
                    lease.fence,
                ],
            )
            .await?;
        let state = row.map(|row| row.get::<String>("state")).transpose()?;
        if state.as_deref() == Some(ConnectionState::NeedsReconnect.as_str()) {
            events::insert(&mut tx, self, connection, Happening::NeedsReconnect).await?;
            let done = (&system(log), Action::NeedsReconnect);
            let on = On::customer(connection.app, connection.principal);
            audit_log::record_by(&mut tx, self, done, on).await?;
        }
        let committed = tx.commit().await;
        self.remembered()
            .forget_connection(connection.app, connection.principal);
        committed?;
        Ok(state.is_some())
    }

    /// Destroys the access token that the processes share.
    pub(crate) async fn forget_access(&self, app: AppId, principal: Uuid) -> Result<(), Error> {
        let mut tx = self.db().write().await?;
        tx.execute(
            "UPDATE connections SET access_token = NULL WHERE app = $1 AND principal = $2",
            &values![app.to_string(), principal.to_string()],
        )
        .await?;
        tx.commit().await
    }

    /// Destroys shared access tokens that have expired.
    pub(crate) async fn forget_expired_access(&self) -> Result<(), Error> {
        let now = self.clock().now();
        let mut tx = self.db().read().await?;
        let expired = tx
            .query_opt(
                "SELECT id FROM connections
                 WHERE access_token IS NOT NULL AND access_expires_at <= $1 LIMIT 1",
                &values![now.as_micros()],
            )
            .await?;
        drop(tx);
        if expired.is_none() {
            return Ok(());
        }
        let mut tx = self.db().write().await?;
        tx.execute(
            "UPDATE connections SET access_token = NULL WHERE id IN (
                 SELECT id FROM connections
                 WHERE access_token IS NOT NULL AND access_expires_at <= $1 LIMIT 1000)",
            &values![now.as_micros()],
        )
        .await?;
        tx.commit().await
    }

    /// Destroys the tokens of a connection that is being ended, and the key they were sealed under
    /// (S54). Its history stays.
    pub(crate) async fn shred(&self, id: Uuid) -> Result<bool, Error> {
        let mut tx = self.db().write().await?;
        let row = tx
            .query_opt(
                "UPDATE connections
                 SET state = 'disconnected', state_since = $1, generation = generation + 1,
                     fence = fence + 1, written_fence = fence + 1, lease_until = NULL,
                     data_key = NULL, data_key_under = NULL, access_token = NULL,
                     refresh_token = NULL, previous_refresh_token = NULL, refresh_expires_at = NULL
                 WHERE id = $2 AND state = 'disconnecting'
                 RETURNING app, principal",
                &values![self.clock().now().as_micros(), id.to_string()],
            )
            .await?;
        if let Some(row) = &row {
            let on = super::customer(row)?;
            audit_log::record(&mut tx, self, Action::Disconnected, on).await?;
        }
        tx.commit().await?;
        Ok(row.is_some())
    }
}

/// The vault itself, in the last of these calls.
pub(crate) fn system(log: &[Call]) -> By {
    let last = log.last().map_or("", |call| call.correlation_id.as_str());
    By::new(Actor::System, last)
}

/// Whether tokens may be asked for on behalf of this connection.
pub(crate) fn is_alive(connection: &Connection) -> bool {
    matches!(
        connection.state,
        ConnectionState::Connected | ConnectionState::Disconnecting
    )
}
