use askama::Template;
use axum::extract::State;
use axum::response::Response;
use vault::Health;
use web::{Calendar, Figure, Layout, Markup, PageError, PageQuery};

use super::paging::address;
use super::signed_in::{Choice, SignedIn};
use crate::Partner;

/// A refresh token lasts half a year: this month and the six that follow.
const MONTHS: i32 = 7;

#[derive(Template)]
#[template(path = "console/expiries.html")]
struct Expiries {
    layout: Layout,
    app: String,
    apps: Vec<Choice>,
    figures: Vec<Figure>,
    calendar: Markup,
    is_empty: bool,
}

/// When tokens would expire if nothing refreshed them, as a calendar.
pub(crate) async fn calendar(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    let app = partner.app_asked(query.get("app"));
    let client = app.map(|app| app.client_id);
    let slug = app.map_or("", |app| app.slug.as_str());
    let now = partner.clock.now();
    let today = web::day_of(now);
    let days = Calendar::days(now, MONTHS);
    let counts = partner.vault.expiries_by_day(client, days).await?;
    let within = |days: i64| {
        counts
            .range(today..=today + days)
            .map(|(_, count)| count)
            .sum()
    };
    let health = partner.vault.count_health(client).await?;
    let expired = health
        .iter()
        .find(|(health, _)| *health == Health::Expired)
        .map_or(0, |(_, number)| *number);
    let list = |state, sort| {
        let pairs = [("state", state), ("app", slug), ("sort", sort)];
        address("/console/connections", &pairs)
    };
    let all_expired = list(Health::Expired.as_str(), "");
    let mut figures = vec![Figure::new("Expired", expired).leading_to(all_expired)];
    figures.extend([7, 30, 60].map(|days| {
        let what = format!("Within {days} days");
        Figure::new(&what, within(days)).leading_to(list("", "expires"))
    }));
    let mut day = list("", "");
    day.push(if day.contains('?') { '&' } else { '?' });
    day.push_str("expires=");
    let noun = ("token expires", "tokens expire");
    Ok(web::page(&Expiries {
        layout: signed_in.layout("Expiries", "Expiries"),
        app: slug.to_owned(),
        apps: partner.app_options(),
        is_empty: counts.is_empty() && expired == 0,
        calendar: Calendar::new(now, MONTHS, &counts).draw(noun, &day),
        figures,
    }))
}
