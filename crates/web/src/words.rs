//! Numbers and instants in words.

use std::time::Duration;

use jiff::fmt::strtime;
use protocol::{DAY, HOUR, MINUTE, Timestamp};

/// `23 Nov 2026`, in UTC.
pub fn date(at: Timestamp) -> String {
    format_utc("%-d %b %Y", at)
}

/// `23 Nov 2026, 20:15 UTC`.
pub fn date_time(at: Timestamp) -> String {
    format_utc("%-d %b %Y, %H:%M UTC", at)
}

/// `2026-11-23T20:15:00Z`, for the `datetime` attribute.
pub fn iso_time(at: Timestamp) -> String {
    format_utc("%Y-%m-%dT%H:%M:%SZ", at)
}

fn format_utc(format: &str, at: Timestamp) -> String {
    let instant = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
    strtime::format(format, instant).unwrap_or_default()
}

/// How far an instant lies from now: `in 5 days`, `3 minutes ago`, `just now`.
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    let (ahead, apart) = if at > now {
        (true, at.since(now))
    } else {
        (false, now.since(at))
    };
    match (ahead, span(apart)) {
        (_, None) => "just now".to_owned(),
        (true, Some(span)) => format!("in {span}"),
        (false, Some(span)) => format!("{span} ago"),
    }
}

fn span(apart: Duration) -> Option<String> {
    let units = [(DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")];
    let (unit, name) = units.into_iter().find(|(unit, _)| apart >= *unit)?;
    Some(count(apart.as_secs() / unit.as_secs(), name))
}

/// `1 report`, `12 reports`, `1,200 reports`.
pub fn count(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", number(count))
}

/// `1,200`.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The first letters of the first and the last name.
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let ends = [words.first(), words.last().filter(|_| words.len() > 1)];
    ends.into_iter()
        .flatten()
        .filter_map(|word| word.chars().next())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_in_words() {
        let now = Timestamp::from_seconds(1_795_000_000);
        assert_eq!(date(now), "18 Nov 2026");
        assert_eq!(iso_time(now), "2026-11-18T11:06:40Z");
        assert_eq!(relative(now + DAY * 3, now), "in 3 days");
        assert_eq!(relative(now, now + MINUTE), "1 minute ago");
        assert_eq!(relative(now, now), "just now");
        assert_eq!(count(1_234_567, "report"), "1,234,567 reports");
        assert_eq!(initials("Ada Maria Lovelace"), "AL");
    }
}
