//! What a connection is called in lists, as the style sheet spells it.

use protocol::Timestamp;
use store::{Connection, ConnectionState};

/// `connected`, `expired` or nothing.
pub fn of(connection: &Connection, now: Timestamp) -> &'static str {
    match connection.state {
        ConnectionState::Disconnected => "",
        ConnectionState::Connected if connection.is_live(now) => "connected",
        ConnectionState::Connected => "expired",
    }
}
