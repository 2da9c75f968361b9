use std::time::Duration;

use ambient::Entropy;
use protocol::{HOUR, Timestamp};

/// The earliest age at which a connection is refreshed without anybody asking.
pub(crate) const EARLIEST: Duration = Duration::from_secs(11 * 3_600);
const SPREAD: Duration = Duration::from_secs(11 * 3_600);
/// The longest pause after refreshes that failed.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

/// When a connection is refreshed next: 11 to 22 hours after the last time, drawn anew each time,
/// so that a fleet that was connected in one hour has spread by the next day (S51, TM-03). Two
/// hours of the day are left for a platform that does not answer.
pub(crate) fn next_refresh(last: Timestamp, entropy: &Entropy) -> Timestamp {
    last + EARLIEST + share(SPREAD, entropy)
}

/// When a connection is tried again after so many failures in a row: one to two minutes, then
/// twice that, up to an hour or two.
pub(crate) fn next_attempt(failures: i64, now: Timestamp, entropy: &Entropy) -> Timestamp {
    let doublings = u32::try_from(failures.clamp(0, 6)).unwrap_or(6);
    let pause = (HOUR / 60 * 2_u32.pow(doublings)).min(LONGEST_PAUSE);
    now + pause + share(pause, entropy)
}

/// Whether an access token is worth handing out to somebody who needs it for so long.
pub(crate) fn is_fresh(expires_at: Timestamp, now: Timestamp, needed: Duration) -> bool {
    expires_at.since(now) >= needed
}

/// A random part of a time.
pub(crate) fn share(whole: Duration, entropy: &Entropy) -> Duration {
    let drawn = u32::from_be_bytes(entropy.bytes());
    whole.mul_f64(f64::from(drawn) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use protocol::MINUTE;

    use super::*;

    #[test]
    fn s51_a_fleet_of_100_000_that_was_connected_at_once_spreads_over_the_day() {
        let start = Timestamp::from_seconds(1_000_000);
        let entropy = Entropy::seeded(5);
        let mut minutes = vec![0; 24 * 60];
        for _ in 0..100_000 {
            let after = next_refresh(start, &entropy).since(start);
            assert!((EARLIEST..=22 * HOUR).contains(&after));
            minutes[(after.as_secs() / 60) as usize] += 1;
        }
        // Ten a second, as the keeper is configured unless told otherwise, are 600 a minute.
        assert!(minutes.iter().all(|count| *count < 300), "{minutes:?}");
    }

    #[test]
    fn s49_pauses_grow_are_jittered_and_end() {
        let entropy = Entropy::seeded(5);
        let now = Timestamp::from_seconds(1_000);
        let pause = |failures| next_attempt(failures, now, &entropy).since(now);
        assert!((MINUTE..=2 * MINUTE).contains(&pause(0)));
        assert!((8 * MINUTE..=16 * MINUTE).contains(&pause(3)));
        assert!((HOUR..=2 * HOUR).contains(&pause(1_000)));
        assert_ne!(pause(3), pause(3));
    }

    #[test]
    fn what_is_needed_must_remain() {
        let now = Timestamp::from_seconds(1_000);
        assert!(is_fresh(Timestamp::from_seconds(1_060), now, MINUTE));
        assert!(!is_fresh(Timestamp::from_seconds(1_059), now, MINUTE));
        assert!(!is_fresh(Timestamp::from_seconds(900), now, MINUTE));
    }
}
