use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ambient::Clock;
use protocol::hmac_sha256;

use crate::bucket::{Bucket, Quota};

/// So many attempts per key (an account, an address, an app), refilled steadily over a period.
///
/// Of a key only a short hash is held, so that however many there are, memory stays bounded; two keys
/// in some sixty thousand share their attempts.
pub struct RateLimit {
    quota: Quota,
    slots: Slots,
    clock: Clock,
    buckets: Mutex<Buckets>,
}

#[derive(Default)]
struct Buckets {
    held: HashMap<u16, Bucket>,
    /// Slots of which others have to be told.
    untold: BTreeSet<u16>,
}

/// Puts keys into 65,536 slots, in a way that nobody outside can foresee.
enum Slots {
    Own(RandomState),
    /// The same at all processes that know this key.
    Shared([u8; 32]),
}

impl RateLimit {
    /// `attempts` at once, and again as many over `period`, counted by this process alone.
    pub fn new(attempts: NonZeroU32, period: Duration, clock: Clock) -> RateLimit {
        RateLimit {
            quota: Quota::new(attempts, period),
            slots: Slots::Own(RandomState::new()),
            clock,
            buckets: Mutex::default(),
        }
    }

    pub(crate) fn shared(
        attempts: NonZeroU32,
        period: Duration,
        clock: Clock,
        key: [u8; 32],
    ) -> RateLimit {
        RateLimit {
            slots: Slots::Shared(key),
            ..RateLimit::new(attempts, period, clock)
        }
    }

    /// Seconds that a key still has to wait because it has [`RateLimit::failed`] too often.
    pub fn wait(&self, key: &str) -> Option<u64> {
        let (slot, now) = (self.slot(key), self.now());
        let bucket = self.buckets().held.get(&slot).copied()?;
        bucket.wait(self.quota, now).map(seconds)
    }

    /// Counts one failure: successes never bring anybody nearer to the limit. The last one that is
    /// allowed makes the key wait until another is.
    pub fn failed(&self, key: &str) {
        let (slot, now) = (self.slot(key), self.now());
        self.buckets().count(slot, self.quota, now);
    }

    /// Counts one attempt. `Err` holds the seconds to wait before the next one.
    pub fn check(&self, key: &str) -> Result<(), u64> {
        let (slot, now) = (self.slot(key), self.now());
        let mut buckets = self.buckets();
        let bucket = buckets.held.get(&slot).copied().unwrap_or_default();
        match bucket.wait(self.quota, now) {
            Some(wait) => Err(seconds(wait)),
            None => {
                buckets.count(slot, self.quota, now);
                Ok(())
            }
        }
    }

    /// What others have to be told: slots with their attempts, in microseconds of refilling.
    pub(crate) fn tell(&self) -> Vec<(u16, i64)> {
        let now = self.now();
        let mut buckets = self.buckets();
        let Buckets { held, untold } = &mut *buckets;
        let slots = std::mem::take(untold);
        let tell = |slot: u16| {
            let attempts = held.get_mut(&slot)?.tell(self.quota, now);
            (attempts > 0).then_some((slot, attempts * self.quota.interval))
        };
        slots.into_iter().filter_map(tell).collect()
    }

    /// They could not be told.
    pub(crate) fn tell_again(&self, slot: u16, used: i64) {
        let mut buckets = self.buckets();
        buckets.held.entry(slot).or_default().untold += used / self.quota.interval;
        buckets.untold.insert(slot);
    }

    pub(crate) fn hear(&self, slot: u16, full_at: i64) {
        let mut buckets = self.buckets();
        buckets
            .held
            .entry(slot)
            .or_default()
            .hear(self.quota, full_at);
    }

    fn now(&self) -> i64 {
        self.clock.now().as_micros()
    }

    fn buckets(&self) -> MutexGuard<'_, Buckets> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first bits of a hash are as good as all of it.
    fn slot(&self, key: &str) -> u16 {
        match &self.slots {
            Slots::Own(state) => state.hash_one(key) as u16,
            Slots::Shared(shared) => {
                let hash = hmac_sha256(shared, key.as_bytes());
                u16::from_be_bytes([hash[0], hash[1]])
            }
        }
    }
}

impl Buckets {
    fn count(&mut self, slot: u16, quota: Quota, now: i64) {
        let bucket = self.held.entry(slot).or_default();
        bucket.count(quota, now);
        if bucket.used(quota, now) > quota.told_above() {
            self.untold.insert(slot);
        }
    }
}

/// Whoever comes again after so many is not too early.
fn seconds(micros: i64) -> u64 {
    u64::try_from(micros).unwrap_or(0).div_ceil(1_000_000)
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
