use std::time::Duration;

use protocol::Timestamp;

/// Clocks that differ by more are trouble: tokens would expire too early or too late.
pub const CLOCK_SKEW: Duration = Duration::from_secs(30);

/// How far another machine's clock and ours differ at least: what its answer took is deducted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skew {
    pub by: Duration,
    /// Whether ours is the later one.
    pub ahead: bool,
}

impl Skew {
    /// `asked` and `answered` by our clock; `theirs` in microseconds since the epoch.
    pub fn between((asked, answered): (Timestamp, Timestamp), theirs: i64) -> Skew {
        let theirs = Timestamp::from_micros(theirs);
        let ahead = asked.since(theirs);
        let behind = theirs.since(answered);
        Skew {
            by: ahead.max(behind),
            ahead: ahead > behind,
        }
    }

    /// As a sentence, where it is too much. `whose` clock ours was compared with: `the database's`.
    pub fn trouble(self, whose: &str) -> Option<String> {
        let Skew { by, ahead } = self;
        let direction = if ahead { "ahead of" } else { "behind" };
        (by > CLOCK_SKEW).then(|| {
            format!(
                "this machine's clock is {} s {direction} {whose}; set both by NTP",
                by.as_secs()
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skew(theirs: i64) -> Skew {
        let at = Timestamp::from_seconds;
        Skew::between((at(1_000), at(1_010)), at(theirs).as_micros())
    }

    #[test]
    fn what_the_answer_took_is_no_skew() {
        for theirs in [1_000, 1_005, 1_010] {
            assert_eq!(skew(theirs).by, Duration::ZERO);
        }
        assert_eq!(skew(1_040).trouble("the database's"), None);
        assert_eq!(skew(970).trouble("the database's"), None);
    }

    #[test]
    fn s39_more_than_thirty_seconds_either_way_are_trouble() {
        let ahead = skew(969).trouble("the database's").unwrap();
        assert!(ahead.contains("31 s ahead of the database's"), "{ahead}");
        let behind = skew(1_041).trouble("the database's").unwrap();
        assert!(behind.contains("31 s behind the database's"), "{behind}");
    }
}
