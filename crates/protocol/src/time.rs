use std::ops::{Add, Sub};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(3_600);
pub const DAY: Duration = Duration::from_secs(86_400);

/// An instant: microseconds since the Unix epoch, UTC. So it stands in the databases as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_micros(micros: i64) -> Timestamp {
        Timestamp(micros)
    }

    pub const fn from_seconds(seconds: i64) -> Timestamp {
        Timestamp(seconds.saturating_mul(1_000_000))
    }

    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, as JWT claims and `refresh_expires_in` count them.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// `2026-11-23T20:15:00.042Z` (RFC 3339, milliseconds), as the reference's APIs write instants.
    pub fn to_rfc3339(self) -> String {
        let instant = jiff::Timestamp::from_microsecond(self.0).unwrap_or_default();
        jiff::fmt::strtime::format("%Y-%m-%dT%H:%M:%S.%3fZ", instant).unwrap_or_default()
    }

    /// Reads an instant of RFC 3339, with any offset.
    pub fn parse_rfc3339(text: &str) -> Option<Timestamp> {
        let instant: jiff::Timestamp = text.parse().ok()?;
        Some(Timestamp(instant.as_microsecond()))
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_micros(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;
    fn add(self, by: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(micros(by)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Timestamp;
    fn sub(self, by: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(micros(by)))
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_with_three_decimals() {
        assert_eq!(
            Timestamp::from_micros(1_795_000_000_042_999).to_rfc3339(),
            "2026-11-18T11:06:40.042Z"
        );
        assert_eq!(
            Timestamp::from_seconds(0).to_rfc3339(),
            "1970-01-01T00:00:00.000Z"
        );
    }

    #[test]
    fn instants_are_read_with_any_offset_and_nothing_else_is() {
        let read = Timestamp::parse_rfc3339;
        let expected = Some(Timestamp::from_micros(1_795_000_000_042_000));
        assert_eq!(read("2026-11-18T11:06:40.042Z"), expected);
        assert_eq!(read("2026-11-18T12:06:40.042+01:00"), expected);
        for nonsense in ["", "yesterday", "2026-11-18", "2026-11-18T11:06:40"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }
}
