use std::collections::BTreeMap;

use vault::{Connection, Used};
use web::{Chart, Look, Markup, PageError, Series, Shape};

use crate::Partner;

/// How many days a chart shows.
pub(super) const DAYS: i64 = 30;

/// What a customer was used for, as a chart; `None` when it was not.
pub(super) async fn of_customer(
    partner: &Partner,
    connection: &Connection,
) -> Result<Option<Markup>, PageError> {
    let used = partner
        .vault
        .usage_of(connection.app, connection.principal)
        .await?;
    let today = web::day_of(partner.clock.now());
    let by_day = ByDay::new(&used, today);
    if by_day.is_empty(&["token", "call"]) {
        return Ok(None);
    }
    let chart = Chart {
        id: "usage",
        title: "Use".to_owned(),
        description: format!(
            "Calls passed on to the platform, and access tokens handed out, on each of the last {DAYS} days (UTC)."
        ),
        shape: Shape::Bars,
        point: "Day",
        points: by_day.names(),
        series: vec![
            by_day.series("calls", "call", Look::First),
            by_day.series("tokens", "token", Look::Second),
        ],
    };
    Ok(Some(chart.draw()))
}

/// What was counted on the last days, by day and kind.
pub(super) struct ByDay {
    days: std::ops::RangeInclusive<i64>,
    counts: BTreeMap<(String, i64), i64>,
}

impl ByDay {
    /// Of the days up to `today`.
    pub fn new(used: &[Used], today: i64) -> ByDay {
        let of = |used: &Used| ((used.kind.clone(), used.day), used.number);
        ByDay {
            days: today + 1 - DAYS..=today,
            counts: used.iter().map(of).collect(),
        }
    }

    pub fn names(&self) -> Vec<String> {
        day_names(self.days.clone())
    }

    pub fn is_empty(&self, kinds: &[&str]) -> bool {
        let any = |kind: &&str| self.values(kind).iter().any(|number| *number > 0);
        !kinds.iter().any(any)
    }

    pub fn values(&self, kind: &str) -> Vec<i64> {
        let on = |day| self.counts.get(&(kind.to_owned(), day)).copied();
        self.days.clone().map(|day| on(day).unwrap_or(0)).collect()
    }

    pub fn series(&self, name: &str, kind: &str, look: Look) -> Series {
        Series {
            name: name.to_owned(),
            look,
            values: self.values(kind),
        }
    }
}

/// `17 May 2026` for each day.
pub(super) fn day_names(days: impl Iterator<Item = i64>) -> Vec<String> {
    days.map(|day| web::numbered_day(day).name).collect()
}
