//! Rows that nobody needs any longer leave, a few at a time (S42): a bulk delete would hold up
//! everybody else who writes.

use std::time::Duration;

use db::{Error, Tx};
use protocol::{DAY, Timestamp};

use crate::{
    App, authorization_codes, connect_attempts, leases, one_time_passwords, password_attempts,
    rate_limits, refresh_tokens, request_tokens, revoked_access_tokens, sessions,
};

/// Rows of one table in one transaction.
pub const BATCH: i64 = 500;

/// One node at a time does it, and takes it for so long with each round.
pub(crate) const LEASE: &str = "housekeeping";
pub(crate) const HELD_FOR: Duration = Duration::from_secs(300);

/// The tables of which rows expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiring {
    Sessions,
    RequestTokens,
    RefreshTokens,
    ConnectAttempts,
    PasswordAttempts,
    RevokedAccessTokens,
    OneTimePasswords,
    AuthorizationCodes,
    RateLimits,
}

impl Expiring {
    pub const ALL: &[Expiring] = &[
        Expiring::Sessions,
        Expiring::RequestTokens,
        Expiring::RefreshTokens,
        Expiring::ConnectAttempts,
        Expiring::PasswordAttempts,
        Expiring::RevokedAccessTokens,
        Expiring::OneTimePasswords,
        Expiring::AuthorizationCodes,
        Expiring::RateLimits,
    ];

    pub const fn table(self) -> &'static str {
        match self {
            Expiring::Sessions => "sessions",
            Expiring::RequestTokens => "request_tokens",
            Expiring::RefreshTokens => "refresh_tokens",
            Expiring::ConnectAttempts => "connect_attempts",
            Expiring::PasswordAttempts => "password_attempts",
            Expiring::RevokedAccessTokens => "revoked_access_tokens",
            Expiring::OneTimePasswords => "one_time_passwords",
            Expiring::AuthorizationCodes => "authorization_codes",
            Expiring::RateLimits => "rate_limits",
        }
    }

    /// Removes at most [`BATCH`] rows; returns how many.
    async fn sweep(self, tx: &mut Tx, app: &App, now: Timestamp) -> Result<u64, Error> {
        match self {
            Expiring::Sessions => sessions::delete_expired(tx, now, BATCH).await,
            // A day longer than they are good for, so that a late repeat is told apart in the log.
            Expiring::RequestTokens => request_tokens::delete_expired(tx, now - DAY, BATCH).await,
            Expiring::RefreshTokens => {
                let oldest = now - app.settings.refresh_token_lifetime;
                refresh_tokens::delete_expired(tx, oldest - 30 * DAY, BATCH).await
            }
            Expiring::ConnectAttempts => {
                connect_attempts::delete_older(tx, now - 90 * DAY, BATCH).await
            }
            Expiring::PasswordAttempts => {
                password_attempts::delete_older(tx, now - DAY, BATCH).await
            }
            Expiring::RevokedAccessTokens => {
                revoked_access_tokens::delete_expired(tx, now, BATCH).await
            }
            Expiring::OneTimePasswords => one_time_passwords::delete_expired(tx, now, BATCH).await,
            // A day longer than they are good for: one that comes back revokes what it yielded.
            Expiring::AuthorizationCodes => {
                authorization_codes::delete_expired(tx, now - DAY, BATCH).await
            }
            Expiring::RateLimits => rate_limits::delete_refilled(tx, now, BATCH).await,
        }
    }
}

/// Removes one batch of each table, each in a transaction of its own, when this node holds the
/// lease. Returns how many rows left each table; `None` while another node does this.
pub async fn sweep(app: &App, now: Timestamp) -> Result<Option<Vec<(Expiring, u64)>>, Error> {
    let mut tx = app.db.write_for(LEASE).await?;
    let held = leases::take(&mut tx, LEASE, app.node, HELD_FOR, now).await?;
    tx.commit().await?;
    if held.is_none() {
        return Ok(None);
    }
    let mut swept = Vec::new();
    for expiring in Expiring::ALL {
        let mut tx = app.db.unhurried().write().await?;
        let gone = expiring.sweep(&mut tx, app, now).await?;
        tx.commit().await?;
        swept.push((*expiring, gone));
    }
    Ok(Some(swept))
}
