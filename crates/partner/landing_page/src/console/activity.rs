use askama::Template;
use axum::extract::State;
use axum::response::Response;
use protocol::{AppId, tail_of};
use vault::UsageTotals;
use web::{Chart, Layout, Look, Markup, PageError, PageQuery, Series, Shape};

use super::signed_in::{Choice, SignedIn};
use super::usage::{ByDay, DAYS, day_names};
use crate::Partner;

/// How many days the connections are shown for.
const CONNECTED_DAYS: i64 = 90;
/// How many customers are listed by use.
const MOST_USED: i64 = 20;

#[derive(Template)]
#[template(path = "console/activity.html")]
struct Activity {
    layout: Layout,
    app: String,
    apps: Vec<Choice>,
    connections: Markup,
    refreshes: Option<Markup>,
    uses: Option<Markup>,
    customers: Vec<CustomerRow>,
}

struct CustomerRow {
    href: String,
    name: String,
    tail: String,
    app: String,
    tokens: String,
    calls: String,
    /// Of a hundred, beside the customer that was used most.
    share: i64,
}

/// How connections, refreshes and use went, by day.
pub(crate) async fn activity(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    let app = partner.app_asked(query.get("app"));
    let client = app.map(|app| app.client_id);
    let today = web::day_of(partner.clock.now());
    let used = partner.vault.usage_since(client, today + 1 - DAYS).await?;
    let by_day = ByDay::new(&used, today);
    let most = partner
        .vault
        .most_used(client, today + 1 - DAYS, MOST_USED)
        .await?;
    Ok(web::page(&Activity {
        layout: signed_in.layout("Activity", "Activity"),
        app: app.map_or_else(String::new, |app| app.slug.clone()),
        apps: partner.app_options(),
        connections: connections(&partner, client, today).await?,
        refreshes: refreshes(&by_day),
        uses: uses(&by_day),
        customers: customers(&partner, most),
    }))
}

async fn connections(
    partner: &Partner,
    app: Option<AppId>,
    today: i64,
) -> Result<Markup, PageError> {
    let days = today + 1 - CONNECTED_DAYS..today + 1;
    let values = partner.vault.connected_by_day(app, days.clone()).await?;
    let chart = Chart {
        id: "connections",
        title: "Connections".to_owned(),
        description: format!(
            "Working connections at the end of each of the last {CONNECTED_DAYS} days (UTC). One that was made again counts from then on; deleted customers are not counted."
        ),
        shape: Shape::Lines,
        point: "Day",
        points: day_names(days),
        series: vec![Series {
            name: "connections".to_owned(),
            look: Look::First,
            values,
        }],
    };
    Ok(chart.draw())
}

fn refreshes(by_day: &ByDay) -> Option<Markup> {
    if by_day.is_empty(&["refresh"]) {
        return None;
    }
    let failed = by_day.values("failed_refresh");
    let succeeded = by_day
        .values("refresh")
        .iter()
        .zip(&failed)
        .map(|(all, failed)| all - failed)
        .collect();
    let series = |name: &str, look, values| Series {
        name: name.to_owned(),
        look,
        values,
    };
    let chart = Chart {
        id: "refreshes",
        title: "Refreshes".to_owned(),
        description: format!(
            "Tokens asked of the platform on each of the last {DAYS} days (UTC), and how many of these refreshes failed."
        ),
        shape: Shape::Bars,
        point: "Day",
        points: by_day.names(),
        series: vec![
            series("succeeded", Look::First, succeeded),
            series("failed", Look::Bad, failed),
        ],
    };
    Some(chart.draw())
}

fn uses(by_day: &ByDay) -> Option<Markup> {
    if by_day.is_empty(&["token", "call"]) {
        return None;
    }
    let chart = Chart {
        id: "uses",
        title: "Use by your programs".to_owned(),
        description: format!(
            "What the broker did on each of the last {DAYS} days (UTC): calls passed on, and access tokens handed out."
        ),
        shape: Shape::Bars,
        point: "Day",
        points: by_day.names(),
        series: vec![
            by_day.series("calls", "call", Look::First),
            by_day.series("tokens", "token", Look::Second),
        ],
    };
    Some(chart.draw())
}

fn customers(partner: &Partner, most: Vec<UsageTotals>) -> Vec<CustomerRow> {
    let all = |totals: &UsageTotals| totals.tokens + totals.calls;
    let top = most.iter().map(all).max().unwrap_or(0).max(1);
    let grouped = |value: i64| web::number(u64::try_from(value).unwrap_or(0));
    let row = |totals: UsageTotals| {
        let principal = totals.principal.to_string();
        CustomerRow {
            href: format!("/console/connections/{}", totals.connection),
            tail: tail_of(totals.principal),
            app: partner.app_name(totals.app),
            tokens: grouped(totals.tokens),
            calls: grouped(totals.calls),
            share: all(&totals) * 100 / top,
            name: totals.name.unwrap_or(principal),
        }
    };
    most.into_iter().map(row).collect()
}
