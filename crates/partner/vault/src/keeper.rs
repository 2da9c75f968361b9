use std::sync::PoisonError;
use std::time::Duration;

use protocol::{MINUTE, Timestamp};
use uuid::Uuid;

use crate::broker::Want;
use crate::due::{EARLIEST, next_refresh};
use crate::{Broker, Connection, ConnectionState};

/// A connection whose refresh failed is left alone for so long.
const PAUSE: Duration = Duration::from_secs(10 * 60);

impl Broker {
    /// Keeps connections alive until it is dropped: spawn it once. It looks at the clock each
    /// `every`, which is real time also where the clock is virtual.
    pub async fn keep(self, every: Duration) {
        loop {
            if let Err(error) = self.keep_once().await {
                tracing::error!(reason = %error, "the keeper could not look after the connections");
            }
            tokio::time::sleep(every).await;
        }
    }

    /// One round: refreshes what is due (TM-03), ends what is being ended, removes what has
    /// expired. Gives the number of connections that were refreshed.
    pub async fn keep_once(&self) -> Result<usize, db::Error> {
        let now = self.vault.clock().now();
        self.vault.forget_flows().await?;
        self.vault.forget_sessions().await?;
        let ending = ConnectionState::Disconnecting;
        for connection in self.vault.waiting(ending, now).await? {
            if self.may_try(connection.id, now) {
                self.part(connection.id).await?;
            }
        }
        let mut refreshed = 0;
        let connected = ConnectionState::Connected;
        for connection in self.vault.waiting(connected, now - EARLIEST).await? {
            let due = next_refresh(connection.id, connection.last_refreshed_at) <= now;
            if due && self.may_try(connection.id, now) {
                refreshed += usize::from(self.keep_alive(&connection).await);
            }
        }
        Ok(refreshed)
    }

    async fn keep_alive(&self, connection: &Connection) -> bool {
        let (app, principal) = (connection.app, connection.principal);
        match self.access(app, principal, Want::Renewed).await {
            Ok(_) => true,
            Err(why) => {
                tracing::warn!(
                    connection.id = %connection.id, app.id = %app, reason = %why,
                    "a connection could not be refreshed"
                );
                false
            }
        }
    }

    fn may_try(&self, connection: Uuid, now: Timestamp) -> bool {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() > 10_000 {
            attempts.retain(|_, at| now.since(*at) < PAUSE);
        }
        let rested = attempts
            .get(&connection)
            .is_none_or(|at| now.since(*at) >= PAUSE);
        if rested {
            attempts.insert(connection, now);
        }
        rested
    }
}

/// How often the keeper looks, unless told otherwise.
pub const KEEPER_ROUND: Duration = MINUTE;
