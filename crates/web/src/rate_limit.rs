use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ambient::Clock;
use governor::clock::{Clock as GovernorClock, Reference};
use governor::middleware::{NoOpMiddleware, StateInformationMiddleware, StateSnapshot};
use governor::nanos::Nanos;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

/// So many attempts per key (an account, an address, an app), refilled steadily over a period.
///
/// Held in memory: a safety net against guessing, never the only thing that protects a secret.
pub struct RateLimit {
    limiter: Limiter,
    clock: AmbientClock,
    /// Keys that have failed too often, and until when (microseconds) they have to wait.
    locked: Mutex<HashMap<String, i64>>,
}

impl RateLimit {
    /// `attempts` at once, and again as many over `period`.
    pub fn new(attempts: NonZeroU32, period: Duration, clock: Clock) -> RateLimit {
        let quota = Quota::with_period(period / attempts.get())
            .expect("periods are longer than nothing")
            .allow_burst(attempts);
        let clock = AmbientClock(clock);
        RateLimit {
            limiter: Plain::new(quota, DefaultKeyedStateStore::default(), clock.clone())
                .with_middleware(),
            clock,
            locked: Mutex::default(),
        }
    }

    /// Seconds that a key still has to wait because it has [`RateLimit::failed`] too often.
    pub fn wait(&self, key: &str) -> Option<u64> {
        let now = self.clock.now().0;
        let until = *self.locked().get(key)?;
        let left = u64::try_from(until - now).unwrap_or(0).div_ceil(1_000_000);
        (left > 0).then_some(left)
    }

    /// Counts one failure: successes never bring anybody nearer to the limit. The last one that is
    /// allowed makes the key wait until another is.
    pub fn failed(&self, key: &str) {
        let seconds = match self.count(key) {
            Ok(left) if left.remaining_burst_capacity() > 0 => return,
            Ok(left) => left.quota().replenish_interval().as_secs().max(1),
            Err(seconds) => seconds,
        };
        let now = self.clock.now().0;
        let wait = i64::try_from(seconds)
            .unwrap_or(i64::MAX)
            .saturating_mul(1_000_000);
        let mut locked = self.locked();
        if locked.len() >= MOST_KEYS {
            locked.retain(|_, until| *until > now);
        }
        locked.insert(key.to_owned(), now.saturating_add(wait));
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.locked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one attempt. `Err` holds the seconds to wait before the next one.
    pub fn check(&self, key: &str) -> Result<(), u64> {
        self.count(key).map(|_| ())
    }

    fn count(&self, key: &str) -> Result<StateSnapshot, u64> {
        if self.limiter.len() > MOST_KEYS {
            self.limiter.retain_recent();
        }
        self.limiter
            .check_key(&key.to_owned())
            .map_err(|not_until| not_until.wait_time_from(self.clock.now()).as_secs().max(1))
    }
}

type Plain =
    RateLimiter<String, DefaultKeyedStateStore<String>, AmbientClock, NoOpMiddleware<Instant>>;
type Limiter =
    RateLimiter<String, DefaultKeyedStateStore<String>, AmbientClock, StateInformationMiddleware>;

/// More keys than this are thinned out before another is taken in.
const MOST_KEYS: usize = 10_000;

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
        Instant(self.0.saturating_sub(micros(duration)))
    }
}

fn micros(duration: Nanos) -> i64 {
    i64::try_from(duration.as_u64() / 1_000).unwrap_or(i64::MAX)
}

impl std::ops::Add<Nanos> for Instant {
    type Output = Instant;
    fn add(self, by: Nanos) -> Instant {
        Instant(self.0.saturating_add(micros(by)))
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

    #[test]
    fn s29_only_failures_bring_a_key_nearer_to_the_limit() {
        let clock = Clock::starting_at(Timestamp::from_seconds(1_000));
        let limit = RateLimit::new(NonZeroU32::new(3).unwrap(), 3 * MINUTE, clock.clone());
        for _ in 0..3 {
            assert_eq!(limit.wait("a"), None);
            limit.failed("a");
        }
        assert!(limit.wait("a").is_some_and(|seconds| seconds <= 60));
        assert_eq!(limit.wait("b"), None);
        clock.advance(MINUTE);
        assert_eq!(limit.wait("a"), None);
    }
}
