use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use protocol::{PrincipalType, Timestamp, tail_of};
use uuid::Uuid;
use vault::{Connection, ConnectionState, Health, LoggedCall};
use web::{Layout, Markup, Notice, PageError, PageQuery};

use super::audit::{EntryView, entry_view};
use super::connections::badge;
use super::reports::{Fetched, latest};
use super::signed_in::SignedIn;
use super::usage;
use crate::Partner;
use crate::when::When;

/// How many calls the page shows.
const CALLS: i64 = 20;
/// How many entries of the history it shows.
const HISTORY: i64 = 20;

#[derive(Template)]
#[template(path = "console/connection.html")]
struct Detail {
    layout: Layout,
    id: Uuid,
    name: String,
    tail: String,
    principal: String,
    is_company: bool,
    app: String,
    edition: &'static str,
    data_center: String,
    base_uri: String,
    badge: &'static str,
    can_disconnect: bool,
    needs_reconnect: bool,
    is_disconnecting: bool,
    /// Why the last refresh failed, and since when they do.
    failing: Option<(String, When)>,
    /// Where the customer connects again.
    listing: Option<String>,
    state_since: When,
    connected_at: When,
    connected_by: Option<Uuid>,
    linked_to: Option<String>,
    answers: Vec<Answer>,
    correlation_id: Option<String>,
    scopes: Vec<String>,
    access_expires: Option<When>,
    refresh_expires: Option<When>,
    last_refreshed: When,
    next_refresh: Option<When>,
    reports: Fetched,
    calls: Vec<CallRow>,
    usage: Option<Markup>,
    history: Vec<EntryView>,
}

/// What the account answered to a field of the app's own.
struct Answer {
    label: String,
    text: String,
}

struct CallRow {
    at: When,
    what: String,
    answer: String,
    millis: i64,
    correlation_id: String,
}

/// Everything that is known of a connection, and a live look at its data.
pub(crate) async fn detail(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    let mut connection = find(&partner, &id).await?;
    let reports = latest(&partner, &connection).await?;
    if connection.name.is_none() && matches!(reports, Fetched::Reports(_)) {
        name_it(&partner, &connection).await?;
    }
    // What was asked may have changed the state, and is in the log.
    connection = find(&partner, &id).await?;
    let notice = query.has("disconnected").then(|| match connection.state {
        ConnectionState::Disconnected => {
            Notice::success("Disconnected on both sides. The tokens are destroyed.")
        }
        _ => Notice::warning("Disconnected here. The platform has not confirmed it yet; it will be told again until it does."),
    });
    let mut page = view(&partner, &signed_in, connection, reports).await?;
    let deletion = query.has("deleting").then(|| Notice::warning("Everything about this customer is deleted as soon as the platform confirms that the connection has ended; it is told again every few minutes."));
    let notice = notice.or(deletion);
    page.layout.notice = notice;
    Ok(web::page(&page))
}

pub(super) async fn find(partner: &Partner, id: &str) -> Result<Connection, PageError> {
    let id = Uuid::try_parse(id).map_err(|_| PageError::not_found())?;
    let connection = partner.vault.connection(id).await?;
    connection.ok_or_else(PageError::not_found)
}

async fn view(
    partner: &Partner,
    signed_in: &SignedIn,
    connection: Connection,
    reports: Fetched,
) -> Result<Detail, PageError> {
    let now = partner.clock.now();
    let when = |at| When::new(at, now);
    let principal = connection.principal.to_string();
    let name = connection.name.clone().unwrap_or_else(|| principal.clone());
    let calls = partner.vault.latest_calls(connection.id, CALLS).await?;
    let held = partner
        .broker
        .held_until(connection.app, connection.principal)
        .await;
    let health = connection.health(now);
    let active = matches!(
        connection.state,
        ConnectionState::Connected | ConnectionState::NeedsReconnect
    );
    let is_kept = matches!(
        health,
        Health::Connected | Health::Failing | Health::Expired
    );
    let history = partner
        .vault
        .history(connection.app, connection.principal, HISTORY)
        .await?;
    let (linked_to, answers) = linked_to(partner, &connection).await?;
    Ok(Detail {
        layout: signed_in.layout(&name, "Connections"),
        id: connection.id,
        name,
        tail: tail_of(connection.principal),
        principal,
        is_company: connection.kind == PrincipalType::Company,
        app: partner.app_name(connection.app),
        edition: connection.edition.map_or("", |edition| edition.as_str()),
        data_center: partner.data_center(connection.app, &connection.geolocation),
        base_uri: connection.geolocation.to_string(),
        badge: badge(health),
        can_disconnect: active,
        needs_reconnect: matches!(health, Health::NeedsReconnect | Health::Expired),
        is_disconnecting: connection.state == ConnectionState::Disconnecting,
        state_since: when(connection.state_since),
        connected_at: when(connection.connected_at),
        connected_by: connection.connected_by,
        linked_to,
        answers,
        correlation_id: connection.correlation_id.clone(),
        scopes: connection
            .scope
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        access_expires: held.filter(|_| active).map(when),
        refresh_expires: connection.refresh_expires_at.map(when),
        last_refreshed: when(connection.last_refreshed_at),
        next_refresh: is_kept.then(|| when(connection.due_at.max(now))),
        failing: connection
            .failing_since
            .filter(|_| is_kept)
            .map(|since| (connection.failure.clone().unwrap_or_default(), when(since))),
        listing: partner.listing(connection.app),
        reports,
        calls: calls.into_iter().map(|call| call_row(call, now)).collect(),
        usage: usage::of_customer(partner, &connection).await?,
        history: history
            .into_iter()
            .map(|entry| entry_view(partner, entry, now))
            .collect(),
    })
}

/// The account or contract that it belongs to, and what was answered when the account was made.
async fn linked_to(
    partner: &Partner,
    connection: &Connection,
) -> Result<(Option<String>, Vec<Answer>), PageError> {
    if let Some(account) = connection.account_id {
        let Some(account) = partner.vault.account(account).await? else {
            return Ok((None, Vec::new()));
        };
        let answers = answers(partner, connection, account.answers.as_deref());
        let whose = format!("Account of {}, {}", account.name, account.email);
        return Ok((Some(whose), answers));
    }
    let label = match connection.code_id {
        Some(code) => partner.vault.code_label(code).await?,
        None => None,
    };
    let contract = label.map(|label| format!("Contract of {label}"));
    Ok((contract, Vec::new()))
}

/// In the order in which the app asks; what it does not ask any more comes last, by its name.
fn answers(partner: &Partner, connection: &Connection, kept: Option<&str>) -> Vec<Answer> {
    let mut kept: BTreeMap<String, String> = kept
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default();
    let mut apps = partner.apps.iter();
    let app = apps.find(|app| app.client_id == connection.app);
    let fields = app.iter().flat_map(|app| &app.sign_up);
    let mut answers = Vec::new();
    for field in fields.flat_map(|step| &step.fields) {
        if let Some(text) = kept.remove(&field.name) {
            let label = field.label.kept().to_owned();
            answers.push(Answer { label, text });
        }
    }
    let others = kept.into_iter();
    answers.extend(others.map(|(label, text)| Answer { label, text }));
    answers.retain(|answer| !answer.text.is_empty());
    answers
}

/// Asks once more for a name that was not known when the connection was made.
async fn name_it(partner: &Partner, connection: &Connection) -> Result<(), PageError> {
    let token = partner
        .broker
        .access_token(connection.app, connection.principal)
        .await;
    let (Ok(token), Ok(client)) = (token, partner.broker.client(connection.app)) else {
        return Ok(());
    };
    let outcome = client.profile(&token.geolocation, &token.value).await;
    partner
        .vault
        .log_calls(connection.id, &outcome.calls)
        .await?;
    if let Ok(profile) = outcome.result {
        partner
            .vault
            .set_profile(connection.id, profile.name.as_deref(), profile.edition)
            .await?;
    }
    Ok(())
}

fn call_row(call: LoggedCall, now: Timestamp) -> CallRow {
    let status = call
        .status
        .map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    CallRow {
        at: When::new(call.at, now),
        what: call.what,
        answer: match call.code {
            Some(code) => format!("{status}, code {code}"),
            None => status,
        },
        millis: call.millis,
        correlation_id: call.correlation_id,
    }
}
