use std::fmt;

use client::Refusal;

/// Why there is no access token.
#[derive(Debug)]
pub enum NoToken {
    /// Never connected, or disconnected.
    NotConnected,
    /// Only the customer can bring the connection back.
    NeedsReconnect,
    /// The platform refused, or did not answer; the connection stands as it did.
    Refused(Refusal),
    Storage(db::Error),
}

impl From<db::Error> for NoToken {
    fn from(error: db::Error) -> NoToken {
        NoToken::Storage(error)
    }
}

impl From<Refusal> for NoToken {
    fn from(refusal: Refusal) -> NoToken {
        NoToken::Refused(refusal)
    }
}

impl fmt::Display for NoToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoToken::NotConnected => f.write_str("there is no connection"),
            NoToken::NeedsReconnect => f.write_str("the customer must reconnect"),
            NoToken::Refused(refusal) => refusal.fmt(f),
            NoToken::Storage(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NoToken {}
