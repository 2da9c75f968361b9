use std::num::NonZeroU32;
use std::time::Duration;

/// So many attempts at once, and again as many over a period: the generic cell rate algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    attempts: i64,
    /// Microseconds after which one attempt more is allowed.
    pub interval: i64,
}

/// What one key has used, as the instant (microseconds since 1970) at which all of it is refilled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    pub full_at: i64,
    /// Attempts that were counted here and nowhere else yet.
    pub untold: i64,
}

impl Quota {
    pub fn new(attempts: NonZeroU32, period: Duration) -> Quota {
        let interval = i64::try_from((period / attempts.get()).as_micros()).unwrap_or(i64::MAX);
        Quota {
            attempts: attempts.get().into(),
            interval: interval.max(1),
        }
    }

    /// Above so many attempts of a key others are told of them: an eighth of what is allowed.
    pub fn told_above(self) -> i64 {
        self.attempts / 8
    }
}

impl Bucket {
    /// Microseconds until an attempt is allowed; `None` when one is.
    pub fn wait(self, quota: Quota, now: i64) -> Option<i64> {
        let room = quota.interval.saturating_mul(quota.attempts - 1);
        let wait = self.full_at.saturating_sub(now).saturating_sub(room);
        (wait > 0).then_some(wait)
    }

    /// Counts one attempt.
    pub fn count(&mut self, quota: Quota, now: i64) {
        self.full_at = self.full_at.max(now).saturating_add(quota.interval);
        self.untold += 1;
    }

    /// How many attempts are not refilled yet.
    pub fn used(self, quota: Quota, now: i64) -> i64 {
        let used = self.full_at.saturating_sub(now).max(0);
        // Rounded up: one that is half refilled is not.
        (used + quota.interval - 1) / quota.interval
    }

    /// What others have to be told, and from now on have been. What has been refilled since needs
    /// not be told any longer.
    pub fn tell(&mut self, quota: Quota, now: i64) -> i64 {
        let untold = self.untold.min(self.used(quota, now));
        self.untold = 0;
        untold
    }

    /// Takes over what all have used together. What was counted here meanwhile comes on top.
    pub fn hear(&mut self, quota: Quota, full_at: i64) {
        self.full_at = full_at.saturating_add(self.untold.saturating_mul(quota.interval));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quota() -> Quota {
        Quota::new(NonZeroU32::new(10).unwrap(), Duration::from_micros(1_000))
    }

    fn counted(attempts: usize, now: i64) -> Bucket {
        let mut bucket = Bucket::default();
        (0..attempts).for_each(|_| bucket.count(quota(), now));
        bucket
    }

    #[test]
    fn ten_at_once_and_then_one_for_each_interval() {
        let full = counted(10, 5_000);
        assert_eq!(full.wait(quota(), 5_000), Some(100));
        assert_eq!(full.wait(quota(), 5_099), Some(1));
        assert_eq!(full.wait(quota(), 5_100), None);
        assert_eq!(counted(9, 5_000).wait(quota(), 5_000), None);
    }

    #[test]
    fn what_is_told_comes_back_as_the_sum_of_all() {
        let mut here = counted(6, 0);
        assert_eq!(here.tell(quota(), 0), 6);
        here.count(quota(), 0);
        // Another node had used four: 6 and 4, and the one that was not told yet.
        here.hear(quota(), 1_000);
        assert_eq!(here.used(quota(), 0), 11);
        assert_eq!(here.wait(quota(), 0), Some(200));
        assert_eq!(here.tell(quota(), 0), 1);
    }

    #[test]
    fn what_has_been_refilled_is_not_told() {
        let mut here = counted(6, 0);
        assert_eq!(here.tell(quota(), 450), 2);
        assert_eq!(counted(6, 0).tell(quota(), 600), 0);
    }
}
