use std::time::Duration;

use protocol::{HOUR, Timestamp};
use uuid::Uuid;

/// The earliest age at which a connection is refreshed without anybody asking.
pub(crate) const EARLIEST: Duration = Duration::from_secs(20 * 3_600);
const SPREAD: Duration = Duration::from_secs(4 * 3_600);

/// When a connection is refreshed next: 20 to 24 hours after the last time, each connection at its
/// own offset, so that a fleet spreads (S51, TM-03).
pub(crate) fn next_refresh(connection: Uuid, last: Timestamp) -> Timestamp {
    let seconds = connection.as_u128() % u128::from(SPREAD.as_secs());
    last + EARLIEST + Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

/// Whether a held access token is still worth handing out: a minute must remain.
pub(crate) fn is_fresh(expires_at: Timestamp, now: Timestamp) -> bool {
    expires_at.since(now) >= HOUR / 60
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s51_every_connection_is_due_between_20_and_24_hours() {
        let last = Timestamp::from_seconds(1_000_000);
        let mut hours = [0; 4];
        for n in 0..4_000_u128 {
            let id = Uuid::from_u128(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
            let after = next_refresh(id, last).since(last);
            assert!((20 * HOUR..24 * HOUR).contains(&after));
            hours[(after.as_secs() / 3_600 - 20) as usize] += 1;
        }
        assert!(
            hours.iter().all(|count| (800..1_200).contains(count)),
            "{hours:?}"
        );
    }

    #[test]
    fn a_minute_must_remain() {
        let now = Timestamp::from_seconds(1_000);
        assert!(is_fresh(Timestamp::from_seconds(1_060), now));
        assert!(!is_fresh(Timestamp::from_seconds(1_059), now));
        assert!(!is_fresh(Timestamp::from_seconds(900), now));
    }
}
