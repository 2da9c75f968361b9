use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
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
/// Held in memory: a safety net against guessing, never the only thing that protects a secret. Of a
/// key only a short hash is held, so that however many there are, memory stays bounded; two keys in
/// some sixty thousand share their attempts.
pub struct RateLimit {
    limiter: Limiter,
    /// Puts keys into 65,536 slots, in a way that nobody outside can foresee.
    slots: RandomState,
    clock: AmbientClock,
    /// Slots that have failed too often, and until when (microseconds) they have to wait.
    locked: Mutex<HashMap<u16, i64>>,
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
            slots: RandomState::new(),
            clock,
            locked: Mutex::default(),
        }
    }

    /// Seconds that a key still has to wait because it has [`RateLimit::failed`] too often.
    pub fn wait(&self, key: &str) -> Option<u64> {
        let now = self.clock.now().0;
        let until = *self.locked().get(&self.slot(key))?;
        let left = u64::try_from(until - now).unwrap_or(0).div_ceil(1_000_000);
        (left > 0).then_some(left)
    }

    /// Counts one failure: successes never bring anybody nearer to the limit. The last one that is
    /// allowed makes the key wait until another is.
    pub fn failed(&self, key: &str) {
        let slot = self.slot(key);
        let seconds = match self.count(slot) {
            Ok(left) if left.remaining_burst_capacity() > 0 => return,
            Ok(left) => left.quota().replenish_interval().as_secs().max(1),
            Err(seconds) => seconds,
        };
        let now = self.clock.now().0;
        let wait = i64::try_from(seconds)
            .unwrap_or(i64::MAX)
            .saturating_mul(1_000_000);
        self.locked().insert(slot, now.saturating_add(wait));
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<u16, i64>> {
        self.locked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lowest bits of a hash are as good as all of it.
    fn slot(&self, key: &str) -> u16 {
        self.slots.hash_one(key) as u16
    }

    /// Counts one attempt. `Err` holds the seconds to wait before the next one.
    pub fn check(&self, key: &str) -> Result<(), u64> {
        self.count(self.slot(key)).map(|_| ())
    }

    fn count(&self, slot: u16) -> Result<StateSnapshot, u64> {
        self.limiter
            .check_key(&slot)
            .map_err(|not_until| not_until.wait_time_from(self.clock.now()).as_secs().max(1))
    }
}

type Plain = RateLimiter<u16, DefaultKeyedStateStore<u16>, AmbientClock, NoOpMiddleware<Instant>>;
type Limiter =
    RateLimiter<u16, DefaultKeyedStateStore<u16>, AmbientClock, StateInformationMiddleware>;

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
