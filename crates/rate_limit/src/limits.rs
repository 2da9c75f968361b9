use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ambient::Clock;
use protocol::hmac_sha256;

use crate::RateLimit;

/// The limits of a process that other processes count with, by name.
pub struct Limits {
    /// From which the slots of keys come: the same at all of them, and a secret.
    key: [u8; 32],
    clock: Clock,
    limits: Mutex<BTreeMap<&'static str, Arc<RateLimit>>>,
}

/// What one key of a limit has used at this process since others were last told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    pub limit: &'static str,
    pub slot: u16,
    /// Microseconds that it takes until it is refilled.
    pub used: i64,
}

/// What one key of a limit has used at all processes together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    pub limit: String,
    pub slot: u16,
    /// The instant (microseconds since 1970) at which all of it is refilled.
    pub full_at: i64,
}

impl Limits {
    pub fn new(key: [u8; 32], clock: Clock) -> Limits {
        Limits {
            key,
            clock,
            limits: Mutex::default(),
        }
    }

    /// The limit of this name. Asked for again, it is the one that there is.
    pub fn limit(
        &self,
        name: &'static str,
        attempts: NonZeroU32,
        period: Duration,
    ) -> Arc<RateLimit> {
        let mut limits = self.all();
        let made = || {
            let key = hmac_sha256(&self.key, name.as_bytes());
            let limit = RateLimit::shared(attempts, period, self.clock.clone(), key);
            Arc::new(limit)
        };
        limits.entry(name).or_insert_with(made).clone()
    }

    /// What has to be told, in the order of limits and slots; from now on it has been, or
    /// [`Limits::tell_again`] says otherwise.
    pub fn tell(&self) -> Vec<Use> {
        let mut told = Vec::new();
        for (limit, counts) in self.all().iter() {
            let uses = counts.tell().into_iter();
            told.extend(uses.map(|(slot, used)| Use { limit, slot, used }));
        }
        told
    }

    pub fn tell_again(&self, uses: &[Use]) {
        let limits = self.all();
        for one in uses {
            if let Some(limit) = limits.get(one.limit) {
                limit.tell_again(one.slot, one.used);
            }
        }
    }

    /// Takes over what all processes have used together.
    pub fn hear(&self, totals: &[Total]) {
        let limits = self.all();
        for total in totals {
            if let Some(limit) = limits.get(total.limit.as_str()) {
                limit.hear(total.slot, total.full_at);
            }
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<&'static str, Arc<RateLimit>>> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use protocol::{MINUTE, Timestamp};

    use super::*;

    fn node(clock: &Clock) -> (Limits, Arc<RateLimit>) {
        let limits = Limits::new([7; 32], clock.clone());
        let limit = limits.limit("guesses", NonZeroU32::new(40).unwrap(), MINUTE);
        (limits, limit)
    }

    #[test]
    fn s29_a_few_attempts_are_told_to_nobody_and_the_rest_only_once() {
        let clock = Clock::starting_at(Timestamp::from_seconds(1_000));
        let (limits, limit) = node(&clock);
        (0..5).for_each(|_| limit.failed("a"));
        assert_eq!(limits.tell(), []);
        limit.failed("a");
        let told = limits.tell();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].used, 6 * 1_500_000);
        assert_eq!(limits.tell(), []);
        limits.tell_again(&told);
        assert_eq!(limits.tell(), told);
    }

    #[test]
    fn s29_processes_with_one_secret_mean_the_same_slot() {
        let clock = Clock::starting_at(Timestamp::from_seconds(1_000));
        let ((limits, limit), (_, other)) = (node(&clock), node(&clock));
        (0..40).for_each(|_| limit.failed("a"));
        let told = limits.tell().remove(0);
        assert_eq!(other.wait("a"), None);
        other.hear(told.slot, clock.now().as_micros() + told.used);
        assert_eq!(other.wait("a"), Some(2));
        assert_eq!(other.wait("b"), None);
    }
}
