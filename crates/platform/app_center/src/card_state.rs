use std::time::Duration;

use protocol::{DAY, HOUR, Timestamp};
use store::{Attempt, AttemptState, Connection};

/// An attempt is waited for no longer than its request token lives (AC-11).
pub const PENDING_FOR: Duration = DAY;
/// How long a listing still tells how the last attempt ended.
const ENDED_FOR: Duration = HOUR;

/// What the action card of a listing shows (reference §5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardState {
    /// S7.
    Connected,
    /// The operator has switched the app off.
    SwitchedOff,
    /// S3: an enterprise application, and somebody without the permission.
    NotPermitted,
    /// S6: the partner's window is open.
    Pending,
    /// Not connected, and the last attempt ended with the window.
    WindowClosed,
    /// Not connected, because the partner did not answer.
    Unreachable,
    /// Was connected until its refresh token expired: connect again.
    Expired,
    /// S1.
    CanConnect,
    /// S2: the partner prefers to be asked first.
    RequestFirst,
    /// S8.
    Consumer,
}

/// What the state is decided from.
#[derive(Clone, Copy)]
pub struct Situation<'a> {
    pub enterprise: bool,
    pub enabled: bool,
    pub permitted: bool,
    pub prefers_request_information: bool,
    pub connection: Option<&'a Connection>,
    /// This person's newest.
    pub attempt: Option<&'a Attempt>,
    pub now: Timestamp,
}

/// A connection that stands comes before everything, so that it can be ended; then who may not
/// connect at all; then how the person's own attempt goes.
pub fn card_state(of: Situation<'_>) -> CardState {
    if of.connection.is_some_and(|known| known.is_live(of.now)) {
        return CardState::Connected;
    }
    if !of.enabled {
        return CardState::SwitchedOff;
    }
    if !of.permitted {
        return CardState::NotPermitted;
    }
    let attempt = of.attempt.and_then(|attempt| {
        let age = of.now.since(attempt.started_at);
        match attempt.state {
            AttemptState::Pending if age < PENDING_FOR => Some(CardState::Pending),
            AttemptState::Closed if age < ENDED_FOR => Some(CardState::WindowClosed),
            AttemptState::Unreachable if age < ENDED_FOR => Some(CardState::Unreachable),
            _ => None,
        }
    });
    if let Some(state) = attempt {
        return state;
    }
    if of.connection.is_some_and(|known| known.is_expired(of.now)) {
        return CardState::Expired;
    }
    match (of.enterprise, of.prefers_request_information) {
        (false, _) => CardState::Consumer,
        (true, false) => CardState::CanConnect,
        (true, true) => CardState::RequestFirst,
    }
}

impl CardState {
    /// Whether the card leads to the terms.
    pub fn offers_connect(self) -> bool {
        !matches!(
            self,
            CardState::Connected | CardState::SwitchedOff | CardState::NotPermitted
        )
    }

    /// What the waiting listing is told (AC-32).
    pub fn as_status(self) -> &'static str {
        match self {
            CardState::Connected => "connected",
            CardState::Pending => "pending",
            CardState::WindowClosed => "closed",
            CardState::Unreachable => "unreachable",
            _ => "not_connected",
        }
    }
}

#[cfg(test)]
mod tests;
