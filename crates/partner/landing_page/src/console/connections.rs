use askama::Template;
use axum::extract::State;
use axum::response::Response;
use protocol::Timestamp;
use vault::{ConnectionFilter, ConnectionState, ListedConnection, StateCounts};
use web::{Layout, Link, PageError, PageQuery};

use super::signed_in::SignedIn;
use crate::Partner;
use crate::when::When;

const PAGE: i64 = 25;

#[derive(Template)]
#[template(path = "console/connections.html")]
struct Connections {
    layout: Layout,
    counts: StateCounts,
    tabs: Vec<Link>,
    state: String,
    text: String,
    rows: Vec<Row>,
    first: i64,
    last: i64,
    total: i64,
    previous: String,
    next: String,
    is_filtered: bool,
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
    last_call: Option<When>,
}

/// The word for a state, as the badge macro knows it.
pub(super) fn badge(state: ConnectionState) -> &'static str {
    match state {
        ConnectionState::Connected => "connected",
        ConnectionState::NeedsReconnect => "reconnect",
        ConnectionState::Disconnecting => "Disconnecting",
        ConnectionState::Disconnected => "Disconnected",
    }
}

pub(crate) async fn list(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    let state = query.get("state").and_then(ConnectionState::parse);
    let text = query.get("q").unwrap_or_default();
    let page = query
        .get("page")
        .and_then(|page| page.parse::<i64>().ok())
        .unwrap_or(1)
        .clamp(1, 1_000_000);
    let filter = ConnectionFilter {
        state,
        text: text.chars().take(100).collect(),
        offset: (page - 1) * PAGE,
        limit: PAGE,
    };
    let (listed, total) = partner.vault.connections(&filter).await?;
    let now = partner.clock.now();
    let rows: Vec<Row> = listed
        .into_iter()
        .map(|listed| row(&partner, listed, now))
        .collect();
    let shown = i64::try_from(rows.len()).unwrap_or(PAGE);
    let more = filter.offset + shown < total;
    let link = |exists: bool, page| match exists {
        true => href(state, text, page),
        false => String::new(),
    };
    Ok(web::page(&Connections {
        layout: signed_in.layout("Connections", "Connections"),
        counts: partner.vault.count_connections().await?,
        tabs: tabs(state, text),
        state: state.map_or("", ConnectionState::as_str).to_owned(),
        first: filter.offset + 1,
        last: filter.offset + shown,
        total,
        previous: link(page > 1, page - 1),
        next: link(more, page + 1),
        is_filtered: state.is_some() || !text.is_empty(),
        text: filter.text,
        rows,
    }))
}

fn row(partner: &Partner, listed: ListedConnection, now: Timestamp) -> Row {
    let ListedConnection {
        connection,
        last_call,
    } = listed;
    let principal = connection.principal.to_string();
    let when = |at| When::new(at, now);
    Row {
        id: connection.id.to_string(),
        tail: principal.chars().skip(30).collect(),
        name: connection.name.unwrap_or(principal),
        edition: connection.edition.map_or("", |edition| edition.as_str()),
        app: partner.app_name(connection.app),
        data_center: partner
            .config
            .data_center(&connection.geolocation)
            .to_owned(),
        badge: badge(connection.state),
        since: when(connection.connected_at),
        expires: connection
            .refresh_expires_at
            .filter(|_| connection.state == ConnectionState::Connected)
            .map(when),
        last_call: last_call.map(when),
    }
}

fn tabs(current: Option<ConnectionState>, text: &str) -> Vec<Link> {
    [
        ("All", None),
        ("Connected", Some(ConnectionState::Connected)),
        ("Needs reconnect", Some(ConnectionState::NeedsReconnect)),
        ("Disconnecting", Some(ConnectionState::Disconnecting)),
        ("Disconnected", Some(ConnectionState::Disconnected)),
    ]
    .into_iter()
    .map(|(label, state)| Link::new(label, &href(state, text, 1)).current_if(state == current))
    .collect()
}

fn href(state: Option<ConnectionState>, text: &str, page: i64) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(state) = state {
        query.append_pair("state", state.as_str());
    }
    if !text.is_empty() {
        query.append_pair("q", text);
    }
    if page > 1 {
        query.append_pair("page", &page.to_string());
    }
    let query = query.finish();
    match query.as_str() {
        "" => "/console/connections".to_owned(),
        query => format!("/console/connections?{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_turning_the_page() {
        let state = Some(ConnectionState::NeedsReconnect);
        assert_eq!(
            href(state, "a&b", 2),
            "/console/connections?state=needs_reconnect&q=a%26b&page=2"
        );
        assert_eq!(href(None, "", 1), "/console/connections");
    }
}
