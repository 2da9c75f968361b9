use std::num::NonZeroU32;
use std::time::Duration;

use ambient::Clock;
use governor::clock::{Clock as GovernorClock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

/// So many attempts per key (an account, an address, an app), refilled steadily over a period.
///
/// Held in memory: a safety net against guessing, never the only thing that protects a secret.
pub struct RateLimit {
    limiter: Limiter,
    clock: AmbientClock,
}

impl RateLimit {
    /// `attempts` at once, and again as many over `period`.
    pub fn new(attempts: NonZeroU32, period: Duration, clock: Clock) -> RateLimit {
        let quota = Quota::with_period(period / attempts.get())
            .expect("periods are longer than nothing")
            .allow_burst(attempts);
        let clock = AmbientClock(clock);
        RateLimit {
            limiter: RateLimiter::new(quota, DefaultKeyedStateStore::default(), clock.clone()),
            clock,
        }
    }

    /// Counts one attempt. `Err` holds the seconds to wait before the next one.
    pub fn check(&self, key: &str) -> Result<(), u64> {
        if self.limiter.len() > 10_000 {
            self.limiter.retain_recent();
        }
        self.limiter
            .check_key(&key.to_owned())
            .map_err(|not_until| not_until.wait_time_from(self.clock.now()).as_secs().max(1))
    }
}

type Limiter =
    RateLimiter<String, DefaultKeyedStateStore<String>, AmbientClock, NoOpMiddleware<Instant>>;

#[derive(Clone, Debug)]
struct AmbientClock(Clock);

impl GovernorClock for AmbientClock {
    type Instant = Instant;
    fn now(&self) -> Instant {
        Instant(self.0.now().as_micros())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Instant(i64);

impl Reference for Instant {
    fn duration_since(&self, earlier: Instant) -> Nanos {
        let micros = u64::try_from(self.0 - earlier.0).unwrap_or(0);
        Nanos::from(Duration::from_micros(micros))
    }

    fn saturating_sub(&self, duration: Nanos) -> Instant {
        let micros = i64::try_from(duration.as_u64() / 1_000).unwrap_or(i64::MAX);
        Instant(self.0.saturating_sub(micros))
    }
}

impl std::ops::Add<Nanos> for Instant {
    type Output = Instant;
    fn add(self, by: Nanos) -> Instant {
        Instant(
            self.0
                .saturating_add(i64::try_from(by.as_u64() / 1_000).unwrap_or(i64::MAX)),
        )
    }
}

#[cfg(test)]
mod tests {
    use protocol::{MINUTE, Timestamp};

    use super::*;

    #[test]
    fn s29_the_sixth_attempt_waits_and_time_refills() {
        let clock = Clock::starting_at(Timestamp::from_seconds(1_000));
        let limit = RateLimit::new(NonZeroU32::new(5).unwrap(), 15 * MINUTE, clock.clone());
        for _ in 0..5 {
            assert_eq!(limit.check("a"), Ok(()));
        }
        assert!(limit.check("a").is_err_and(|seconds| seconds <= 180));
        assert_eq!(limit.check("b"), Ok(()));
        clock.advance(3 * MINUTE);
        assert_eq!(limit.check("a"), Ok(()));
    }
}
