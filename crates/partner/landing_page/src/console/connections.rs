use askama::Template;
use axum::extract::State;
use axum::response::Response;
use protocol::{Timestamp, tail_of};
use vault::{Column, ConnectionFilter, Health, ListedConnection};
use web::{Figure, Layout, Link, Markup, PageError, PageQuery};

use super::paging::{Pages, Wanted, address};
use super::signed_in::{Choice, SignedIn};
use crate::Partner;
use crate::when::When;

const PATH: &str = "/console/connections";
const PAGE: i64 = 25;
/// Days of use that a row shows.
const DAYS: u16 = 14;

#[derive(Template)]
#[template(path = "console/connections.html")]
struct Connections {
    layout: Layout,
    figures: Vec<Figure>,
    tabs: Vec<Link>,
    asked: Asked,
    apps: Vec<Choice>,
    by_name: Head,
    by_since: Head,
    by_refresh: Head,
    by_expiry: Head,
    rows: Vec<Row>,
    pages: Pages,
}

/// What the list is asked to show, as it stands in its address.
#[derive(Clone, Default)]
struct Asked {
    health: Option<Health>,
    app: String,
    text: String,
    /// A day and how people call it; both empty for any.
    expires: String,
    expires_named: String,
    sort: String,
}

/// Head of a column by which the list can be sorted.
struct Head {
    label: &'static str,
    href: String,
    direction: &'static str,
}

struct Row {
    id: String,
    name: String,
    tail: String,
    edition: &'static str,
    app: String,
    data_center: String,
    badge: &'static str,
    since: When,
    expires: Option<When>,
    refreshed: When,
    used: String,
    sparkline: Markup,
}

impl Asked {
    fn of(query: &PageQuery) -> (Asked, ConnectionFilter) {
        let get = |name| query.0.get(name).unwrap_or_default();
        let expires = web::named_day(get("expires"));
        let (by, descending) = order(get("sort"));
        let asked = Asked {
            health: Health::parse(get("state")),
            app: get("app").to_owned(),
            text: get("q").trim().chars().take(100).collect(),
            expires_named: expires
                .as_ref()
                .map_or_else(String::new, |(day, _)| day.name.clone()),
            expires: expires
                .as_ref()
                .map_or_else(String::new, |(day, _)| day.iso.clone()),
            sort: get("sort").to_owned(),
        };
        let filter = ConnectionFilter {
            health: asked.health,
            text: asked.text.clone(),
            expires: expires.map(|(_, range)| range),
            by,
            descending,
            limit: PAGE,
            days: DAYS,
            ..ConnectionFilter::default()
        };
        (asked, filter)
    }

    fn state(&self) -> &'static str {
        self.health.map_or("", Health::as_str)
    }

    fn is_filtered(&self) -> bool {
        self.health.is_some()
            || !(self.app.is_empty() && self.text.is_empty() && self.expires.is_empty())
    }

    fn address(&self) -> String {
        let pairs = [
            ("state", self.state()),
            ("app", &self.app),
            ("q", &self.text),
            ("expires", &self.expires),
            ("sort", &self.sort),
        ];
        address(PATH, &pairs)
    }

    fn at(&self, health: Option<Health>) -> String {
        let asked = Asked {
            health,
            ..self.clone()
        };
        asked.address()
    }

    fn on_any_day(&self) -> String {
        let asked = Asked {
            expires: String::new(),
            ..self.clone()
        };
        asked.address()
    }

    /// A column's head: it leads to the list in its order, or turned round.
    fn head(&self, label: &'static str, column: &str) -> Head {
        let (up, down) = (column.to_owned(), format!("-{column}"));
        let direction = match self.sort.as_str() {
            sort if sort == up => "ascending",
            sort if sort == down => "descending",
            "" if column == "connected" => "descending",
            _ => "none",
        };
        // Names begin with A, dates that pass with the next one, those that have passed with the last.
        let first_up = matches!(column, "name" | "expires");
        let sort = match direction {
            "ascending" => down,
            "descending" => up,
            _ if first_up => up,
            _ => down,
        };
        let asked = Asked {
            sort,
            ..self.clone()
        };
        Head {
            label,
            href: asked.address(),
            direction,
        }
    }
}

fn order(sort: &str) -> (Column, bool) {
    let (column, descending) = match sort.strip_prefix('-') {
        Some(column) => (column, true),
        None => (sort, false),
    };
    match column {
        "name" => (Column::Name, descending),
        "expires" => (Column::Expires, descending),
        "refreshed" => (Column::Refreshed, descending),
        "connected" => (Column::Connected, descending),
        _ => (Column::Connected, true),
    }
}

/// The word for a health, as the badge macro knows it.
pub(super) fn badge(health: Health) -> &'static str {
    match health {
        Health::Connected => "connected",
        Health::Failing => "failing",
        Health::Expired => "expired",
        Health::NeedsReconnect => "reconnect",
        Health::Disconnecting => "Disconnecting",
        Health::Disconnected => "Disconnected",
    }
}

pub(crate) async fn list(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    query: PageQuery,
) -> Result<Response, PageError> {
    let (asked, mut filter) = Asked::of(&query);
    let wanted = Wanted::of(&query, PAGE);
    filter.offset = wanted.offset();
    filter.app = partner.app_asked(Some(&asked.app)).map(|app| app.client_id);
    let (listed, total) = partner.vault.connections(&filter).await?;
    let counts = partner.vault.count_health(filter.app).await?;
    let now = partner.clock.now();
    let rows: Vec<Row> = listed
        .into_iter()
        .map(|listed| row(&partner, listed, now))
        .collect();
    Ok(web::page(&Connections {
        layout: signed_in.layout("Connections", "Connections"),
        figures: figures(&counts),
        tabs: tabs(&asked, &counts),
        apps: partner.app_options(),
        by_name: asked.head("Name", "name"),
        by_since: asked.head("Connected since", "connected"),
        by_refresh: asked.head("Last refresh", "refreshed"),
        by_expiry: asked.head("Token expires", "expires"),
        pages: wanted.pages(rows.len(), total, &asked.address()),
        asked,
        rows,
    }))
}

fn figures(counts: &[(Health, i64)]) -> Vec<Figure> {
    let sum = |these: &[Health]| {
        let those = counts.iter().filter(|(health, _)| these.contains(health));
        those.map(|(_, number)| number).sum()
    };
    let figure = |what, these: &[Health]| Figure::new(what, sum(these));
    vec![
        figure("Connected", &[Health::Connected, Health::Failing]),
        figure(
            "Need attention",
            &[Health::Failing, Health::Expired, Health::NeedsReconnect],
        ),
        figure("Disconnecting", &[Health::Disconnecting]),
        figure("Disconnected", &[Health::Disconnected]),
    ]
}

fn tabs(asked: &Asked, counts: &[(Health, i64)]) -> Vec<Link> {
    let label = |health| match health {
        Health::Connected => "Connected",
        Health::Failing => "Refresh fails",
        Health::Expired => "Expired",
        Health::NeedsReconnect => "Needs reconnect",
        Health::Disconnecting => "Disconnecting",
        Health::Disconnected => "Disconnected",
    };
    let all = Link::new("All", &asked.at(None)).current_if(asked.health.is_none());
    let each = counts.iter().map(|(health, number)| {
        Link::new(label(*health), &asked.at(Some(*health)))
            .counting(*number)
            .current_if(asked.health == Some(*health))
    });
    std::iter::once(all).chain(each).collect()
}

fn row(partner: &Partner, listed: ListedConnection, now: Timestamp) -> Row {
    let ListedConnection {
        connection, used, ..
    } = listed;
    let health = connection.health(now);
    let lives = matches!(
        health,
        Health::Connected | Health::Failing | Health::Expired
    );
    let principal = connection.principal.to_string();
    let when = |at| When::new(at, now);
    let sum = u64::try_from(used.iter().sum::<i64>()).unwrap_or(0);
    let words = format!("{} in {DAYS} days", web::count(sum, "use"));
    Row {
        id: connection.id.to_string(),
        tail: tail_of(connection.principal),
        name: connection.name.unwrap_or(principal),
        edition: connection.edition.map_or("", |edition| edition.as_str()),
        app: partner.app_name(connection.app),
        data_center: partner.data_center(connection.app, &connection.geolocation),
        badge: badge(health),
        since: when(connection.connected_at),
        expires: connection.refresh_expires_at.filter(|_| lives).map(when),
        refreshed: when(connection.last_refreshed_at),
        used: web::number(sum),
        sparkline: web::sparkline(&used, &words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_turns_its_own_order_round_and_keeps_the_rest() {
        let asked = Asked {
            health: Some(Health::NeedsReconnect),
            sort: "name".into(),
            ..Asked::default()
        };
        let name = asked.head("Name", "name");
        assert_eq!(
            name.href,
            "/console/connections?state=needs_reconnect&sort=-name"
        );
        assert_eq!(name.direction, "ascending");
        let since = asked.head("Connected since", "connected");
        assert_eq!(
            since.href,
            "/console/connections?state=needs_reconnect&sort=-connected"
        );
        assert_eq!(since.direction, "none");
        assert_eq!(order("-name"), (Column::Name, true));
        assert_eq!(order(""), (Column::Connected, true));
    }
}
