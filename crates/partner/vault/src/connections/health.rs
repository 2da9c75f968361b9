use protocol::Timestamp;

use super::{Connection, ConnectionState};

/// How well a connection is: its state, and for one that is connected whether its tokens are kept
/// alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    Connected,
    /// Connected, but the last refreshes have failed; it is tried again.
    Failing,
    /// Nothing refreshed it in time: only the customer can connect again.
    Expired,
    /// The platform does not accept its tokens: only the customer can connect again.
    NeedsReconnect,
    Disconnecting,
    Disconnected,
}

/// Names the health of a row, as [`Health::as_str`] does; `$now` stands for the parameter that holds
/// the time.
pub(super) const SQL: &str = "CASE WHEN state <> 'connected' THEN state
    WHEN refresh_expires_at <= $now THEN 'expired'
    WHEN failing_since IS NOT NULL THEN 'failing' ELSE state END";

impl Health {
    pub const ALL: [Health; 6] = [
        Health::Connected,
        Health::Failing,
        Health::Expired,
        Health::NeedsReconnect,
        Health::Disconnecting,
        Health::Disconnected,
    ];

    /// Its name in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Health::Connected => "connected",
            Health::Failing => "failing",
            Health::Expired => "expired",
            Health::NeedsReconnect => "needs_reconnect",
            Health::Disconnecting => "disconnecting",
            Health::Disconnected => "disconnected",
        }
    }

    pub fn parse(text: &str) -> Option<Health> {
        Health::ALL
            .into_iter()
            .find(|health| health.as_str() == text)
    }
}

impl Connection {
    pub fn health(&self, now: Timestamp) -> Health {
        match self.state {
            ConnectionState::NeedsReconnect => Health::NeedsReconnect,
            ConnectionState::Disconnecting => Health::Disconnecting,
            ConnectionState::Disconnected => Health::Disconnected,
            ConnectionState::Connected => {
                if self.refresh_expires_at.is_some_and(|at| at <= now) {
                    Health::Expired
                } else if self.failing_since.is_some() {
                    Health::Failing
                } else {
                    Health::Connected
                }
            }
        }
    }
}
