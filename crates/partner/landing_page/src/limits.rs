use std::num::NonZeroU32;
use std::time::Duration;

use ambient::Clock;
use protocol::MINUTE;
use rate_limit::RateLimit;
use web::PageError;

/// How often somebody may try (S29).
pub(crate) struct Limits {
    /// Wrong verification codes, per flow (LP-06).
    pub codes: RateLimit,
    /// Wrong verification codes, per network address.
    pub codes_of_address: RateLimit,
    /// Wrong passwords, per account.
    pub sign_in: RateLimit,
    /// Wrong passwords, per network address.
    pub sign_in_of_address: RateLimit,
    /// Links from the platform, per network address.
    pub arrivals: RateLimit,
    /// Contact forms and new accounts, per network address.
    pub forms: RateLimit,
    /// Links to go on with, per mail address.
    pub resume_mails: RateLimit,
}

impl Limits {
    pub fn new(clock: &Clock) -> Limits {
        let limit = |attempts: u32, period: Duration| {
            let attempts = NonZeroU32::new(attempts).expect("every limit allows something");
            RateLimit::new(attempts, period, clock.clone())
        };
        Limits {
            codes: limit(5, 15 * MINUTE),
            codes_of_address: limit(50, 15 * MINUTE),
            sign_in: limit(10, 15 * MINUTE),
            sign_in_of_address: limit(100, 15 * MINUTE),
            arrivals: limit(300, 10 * MINUTE),
            forms: limit(60, 60 * MINUTE),
            resume_mails: limit(3, 60 * MINUTE),
        }
    }
}

/// Passes unless the key has failed too often; else a page that says how long to wait.
pub(crate) fn may_try(limit: &RateLimit, key: &str) -> Result<(), PageError> {
    limit.wait(key).map_or(Ok(()), |left| Err(too_many(left)))
}

/// Counts an attempt; past the limit a page that says how long to wait.
pub(crate) fn allow(limit: &RateLimit, key: &str) -> Result<(), PageError> {
    limit.check(key).map_err(too_many)
}

/// How long to wait, the error page says in the reader's language.
fn too_many(seconds: u64) -> PageError {
    PageError::too_many_requests("", seconds)
}
