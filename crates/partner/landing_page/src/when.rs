use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use protocol::Timestamp;

use crate::words::Words;

/// An instant as the console shows it.
pub(crate) struct When {
    /// For the `datetime` attribute.
    pub iso: String,
    /// `23 Nov 2026, 20:15 UTC`.
    pub shown: String,
    /// `in 5 days`.
    pub relative: String,
}

impl When {
    pub fn new(at: Timestamp, now: Timestamp) -> When {
        When {
            iso: web::iso_time(at),
            shown: web::date_time(at),
            relative: web::relative(at, now),
        }
    }
}

impl Words {
    /// `23 Nov 2026, 20:15 UTC`, as the language writes it.
    pub fn date_time(self, at: Timestamp) -> String {
        let instant = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
        let time: DateTime = TimeZone::UTC.to_datetime(instant);
        self.say("date-time")
            .with("day", time.day())
            .count("month", usize::from(time.month().unsigned_abs()))
            .with("year", time.year())
            .with("time", time.strftime("%H:%M"))
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn instants_are_written_as_the_language_does() {
        let at = Timestamp::from_seconds(1_795_000_000);
        let written = |language| Words(language).date_time(at);
        assert_eq!(written(Language::English), web::date_time(at));
        assert_eq!(
            written(Language::German),
            "18. November 2026, 11:06 Uhr (UTC)"
        );
        assert_eq!(written(Language::Japanese), "2026年11月18日 11:06（UTC）");
    }
}
