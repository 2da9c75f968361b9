use std::time::Duration;

use protocol::{Origin, Timestamp};

use crate::Refusal;

/// One request that was sent, as the log keeps it (LP-54, LP-55): never a token, never a body.
#[derive(Clone, Debug)]
pub struct Call {
    pub at: Timestamp,
    /// Method and path, as `POST /oauth2/v0/token`.
    pub what: &'static str,
    pub origin: Origin,
    /// HTTP status; `None` when no answer came.
    pub status: Option<u16>,
    /// The platform's error number, when it refused with one.
    pub code: Option<u16>,
    /// What the platform calls this request, else what we called it.
    pub correlation_id: String,
    pub took: Duration,
}

/// What came of an operation, and every request it took: hops and repetitions included.
pub struct Outcome<T> {
    pub result: Result<T, Refusal>,
    pub calls: Vec<Call>,
}

impl<T> Outcome<T> {
    /// The correlation id to name to support: of the last token request, if there was one, else
    /// of the last request.
    pub fn correlation_id(&self) -> Option<&str> {
        let is_token = |call: &&Call| call.what == "POST /oauth2/v0/token";
        let named = self.calls.iter().rev().find(is_token);
        named
            .or(self.calls.last())
            .map(|call| call.correlation_id.as_str())
    }
}
