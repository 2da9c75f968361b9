//! A calendar of counts: a table for each month, a cell for each day. Days are in UTC, and counted
//! since the epoch.

use std::collections::BTreeMap;
use std::ops::Range;

use askama::Template;
use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};
use protocol::{DAY, Timestamp};

use crate::Markup;
use crate::words::number;

/// Some months of days, and how many things there are on each.
pub struct Calendar {
    months: Vec<Month>,
}

struct Month {
    /// `May 2026`.
    name: String,
    total: String,
    /// From Monday to Sunday; `None` outside of the month.
    weeks: Vec<[Option<Day>; 7]>,
}

/// A day of a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// `2026-05-17`.
    pub iso: String,
    /// `17 May 2026`.
    pub name: String,
    /// Days since the epoch.
    pub number: i64,
    of_month: i8,
    count: u64,
    /// None, few … many: 0 to 4.
    level: u8,
    is_today: bool,
}

#[derive(Template)]
#[template(path = "calendar.html")]
struct Drawing<'a> {
    months: &'a [Month],
    /// What is counted, for one and for many: `connection expires`, `connections expire`.
    noun: (&'a str, &'a str),
    /// Where a day leads: this, and then the day.
    href: &'a str,
}

impl Calendar {
    /// The days of `months` months, of which the first is that of `now`.
    pub fn days(now: Timestamp, months: i32) -> Range<i64> {
        let first = first_of_month(now);
        number_of(first)..number_of(later(first, months.months()))
    }

    /// A calendar over [`Calendar::days`]; `counts` are by day.
    pub fn new(now: Timestamp, months: i32, counts: &BTreeMap<i64, i64>) -> Calendar {
        let days = Calendar::days(now, months);
        let most = counts.range(days).map(|(_, count)| *count).max();
        let view = View {
            counts,
            most: most.unwrap_or(0).max(1),
            today: day_of(now),
        };
        let first = first_of_month(now);
        let months = (0..months).map(|at| view.month(later(first, at.months())));
        Calendar {
            months: months.collect(),
        }
    }

    /// The months as tables; a day with something on it is a link to `href` and the day.
    pub fn draw(&self, noun: (&str, &str), href: &str) -> Markup {
        let drawing = Drawing {
            months: &self.months,
            noun,
            href,
        };
        Markup::of(drawing.render())
    }
}

struct View<'a> {
    counts: &'a BTreeMap<i64, i64>,
    most: i64,
    today: i64,
}

impl View<'_> {
    fn month(&self, first: Date) -> Month {
        let mut weeks = Vec::new();
        let mut week: [Option<Day>; 7] = Default::default();
        let mut total = 0;
        let mut at = first;
        while at.month() == first.month() {
            let day = self.day(at);
            total += day.count;
            let column = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or(0);
            if let Some(cell) = week.get_mut(column) {
                *cell = Some(day);
            }
            if column == 6 {
                weeks.push(std::mem::take(&mut week));
            }
            at = later(at, 1.day());
        }
        if week.iter().any(Option::is_some) {
            weeks.push(week);
        }
        Month {
            name: first.strftime("%B %Y").to_string(),
            total: number(total),
            weeks,
        }
    }

    fn day(&self, at: Date) -> Day {
        let number = number_of(at);
        let count = self.counts.get(&number).copied().unwrap_or(0).max(0);
        Day {
            of_month: at.day(),
            level: level(count, self.most),
            count: count.unsigned_abs(),
            is_today: number == self.today,
            ..day(at)
        }
    }
}

impl Day {
    fn amount(&self) -> String {
        number(self.count)
    }
}

/// The day of an instant, since the epoch.
pub fn day_of(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(micros())
}

/// A day by its name, `2026-05-17`, and its instants.
pub fn named_day(name: &str) -> Option<(Day, Range<Timestamp>)> {
    let day = day(name.parse().ok()?);
    let begins = Timestamp::from_micros(day.number.checked_mul(micros())?);
    Some((day, begins..begins + DAY))
}

/// A day by its number since the epoch.
pub fn numbered_day(number: i64) -> Day {
    day(date_of(number))
}

const EPOCH: Date = date(1970, 1, 1);

fn micros() -> i64 {
    i64::try_from(DAY.as_micros()).unwrap_or(i64::MAX)
}

fn day(at: Date) -> Day {
    Day {
        iso: at.to_string(),
        name: at.strftime("%-d %b %Y").to_string(),
        number: number_of(at),
        of_month: at.day(),
        count: 0,
        level: 0,
        is_today: false,
    }
}

fn number_of(at: Date) -> i64 {
    EPOCH.until(at).map_or(0, |span| i64::from(span.get_days()))
}

fn date_of(number: i64) -> Date {
    let span = Span::new().try_days(number).unwrap_or_default();
    later(EPOCH, span)
}

fn first_of_month(now: Timestamp) -> Date {
    date_of(day_of(now)).first_of_month()
}

/// The last day that there is, where a calendar would go beyond it.
fn later(at: Date, span: Span) -> Date {
    at.saturating_add(span)
}

fn level(count: i64, most: i64) -> u8 {
    match count * 4 {
        0 => 0,
        quarters if quarters <= most => 1,
        quarters if quarters <= 2 * most => 2,
        quarters if quarters <= 3 * most => 3,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);

    #[test]
    fn a_month_begins_on_its_weekday_and_has_all_its_days() {
        let days = Calendar::days(NOW, 2);
        assert_eq!(days.end - days.start, 30 + 31);
        let today = day_of(NOW);
        let counts = BTreeMap::from([(today, 8), (today + 1, 1), (days.end, 100)]);
        let calendar = Calendar::new(NOW, 2, &counts);
        let november = &calendar.months[0];
        assert_eq!(
            (november.name.as_str(), november.total.as_str()),
            ("November 2026", "9")
        );
        // 1 November 2026 is a Sunday.
        assert!(november.weeks[0][..6].iter().all(Option::is_none));
        assert_eq!(november.weeks[0][6].as_ref().unwrap().iso, "2026-11-01");
        let all = november.weeks.iter().flatten().flatten().count();
        assert_eq!(all, 30);
        let drawn = calendar.draw(("expires", "expire"), "/x?day=").to_string();
        assert!(drawn.contains("href=\"/x?day=2026-11-18\""), "{drawn}");
        assert!(!drawn.contains("href=\"/x?day=2026-11-20\""), "{drawn}");
        assert!(
            drawn.contains("day l4 today") && drawn.contains("day l1"),
            "{drawn}"
        );
        assert!(!drawn.contains("style="), "{drawn}");
    }

    #[test]
    fn days_have_names_and_numbers() {
        let (day, range) = named_day("2026-11-18").unwrap();
        assert_eq!(
            (day.name.as_str(), day.number),
            ("18 Nov 2026", day_of(NOW))
        );
        assert!(range.contains(&NOW) && !range.contains(&(NOW + DAY)));
        assert_eq!(numbered_day(day.number), day);
        for wrong in ["", "2026-13-01", "x", "99999"] {
            assert_eq!(named_day(wrong), None, "{wrong}");
        }
    }
}
