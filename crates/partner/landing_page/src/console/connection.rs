use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use client::{Reason, Report, Reports};
use protocol::{PrincipalType, Timestamp};
use uuid::Uuid;
use vault::{Connection, ConnectionState, LoggedCall, NoToken};
use web::{Layout, Notice, PageError, PageQuery};

use super::connections::{badge, data_center};
use super::signed_in::SignedIn;
use crate::Partner;
use crate::when::When;

/// How many calls and reports the page shows.
const CALLS: i64 = 20;
const REPORTS: u16 = 10;

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
    state_since: When,
    connected_at: When,
    connected_by: Option<Uuid>,
    linked_to: Option<String>,
    correlation_id: Option<String>,
    scopes: Vec<String>,
    access_expires: Option<When>,
    refresh_expires: Option<When>,
    last_refreshed: When,
    reports: Fetched,
    calls: Vec<CallRow>,
}

/// The latest reports, asked for while the page is made.
enum Fetched {
    Reports(Vec<ReportRow>),
    /// Why there are none to show, for people.
    Failed(String),
    /// A connection that has ended is not asked.
    NotAsked,
}

struct ReportRow {
    name: String,
    owner: String,
    state: String,
    submitted: String,
    total: String,
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
    let reports = reports(&partner, &connection).await?;
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
    let active = matches!(
        connection.state,
        ConnectionState::Connected | ConnectionState::NeedsReconnect
    );
    Ok(Detail {
        layout: signed_in.layout(&name, "Connections"),
        id: connection.id,
        name,
        tail: principal.chars().skip(30).collect(),
        principal,
        is_company: connection.kind == PrincipalType::Company,
        app: partner.app_name(connection.app),
        edition: connection.edition.map_or("", |edition| edition.as_str()),
        data_center: data_center(&connection.geolocation),
        base_uri: connection.geolocation.to_string(),
        badge: badge(connection.state),
        can_disconnect: active,
        needs_reconnect: connection.state == ConnectionState::NeedsReconnect,
        is_disconnecting: connection.state == ConnectionState::Disconnecting,
        state_since: when(connection.state_since),
        connected_at: when(connection.connected_at),
        connected_by: connection.connected_by,
        linked_to: linked_to(partner, &connection).await?,
        correlation_id: connection.correlation_id.clone(),
        scopes: connection
            .scope
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        access_expires: held.filter(|_| active).map(when),
        refresh_expires: connection.refresh_expires_at.map(when),
        last_refreshed: when(connection.last_refreshed_at),
        reports,
        calls: calls.into_iter().map(|call| call_row(call, now)).collect(),
    })
}

async fn linked_to(
    partner: &Partner,
    connection: &Connection,
) -> Result<Option<String>, PageError> {
    if let Some(account) = connection.account_id {
        let account = partner.vault.account(account).await?;
        return Ok(account.map(|account| format!("Account of {}, {}", account.name, account.email)));
    }
    match connection.code_id {
        Some(code) => {
            let label = partner.vault.code_label(code).await?;
            Ok(label.map(|label| format!("Contract of {label}")))
        }
        None => Ok(None),
    }
}

async fn reports(partner: &Partner, connection: &Connection) -> Result<Fetched, PageError> {
    if connection.state != ConnectionState::Connected {
        return Ok(Fetched::NotAsked);
    }
    let (app, principal) = (connection.app, connection.principal);
    let which = Reports {
        of: connection.kind,
        limit: REPORTS,
    };
    // An access token that an API refuses is renewed once (reference §11.2, 30).
    for renewed in [false, true] {
        let token = match partner.broker.access_token(app, principal).await {
            Ok(token) => token,
            Err(NoToken::Storage(error)) => return Err(error.into()),
            Err(why) => return Ok(Fetched::Failed(no_token(&why))),
        };
        let outcome = partner
            .client
            .latest_reports(&token.geolocation, &token.value, which)
            .await;
        partner
            .vault
            .log_calls(connection.id, &outcome.calls)
            .await?;
        match outcome.result {
            Ok(reports) => {
                return Ok(Fetched::Reports(reports.iter().map(report_row).collect()));
            }
            Err(refusal) if refusal.reason == Reason::AccessTokenRefused && !renewed => {
                partner.broker.forget(app, principal).await;
            }
            Err(refusal) if refusal.is_transient() => {
                return Ok(Fetched::Failed(
                    "The platform does not answer for the moment. Reload this page in a minute."
                        .to_owned(),
                ));
            }
            Err(refusal) => {
                return Ok(Fetched::Failed(format!(
                    "The platform refused: {refusal}. The correlation id stands below, in the last calls."
                )));
            }
        }
    }
    Ok(Fetched::Failed(
        "The platform does not accept the access token, not even a new one.".to_owned(),
    ))
}

fn no_token(why: &NoToken) -> String {
    match why {
        NoToken::NeedsReconnect | NoToken::NotConnected => {
            "The platform has ended this connection. Ask the customer to open the listing in App Center and choose Connect again.".to_owned()
        }
        NoToken::Refused(refusal) if refusal.is_transient() => {
            "The platform does not answer for the moment. Reload this page in a minute.".to_owned()
        }
        other => format!("There is no access token: {other}."),
    }
}

/// Asks once more for a name that was not known when the connection was made.
async fn name_it(partner: &Partner, connection: &Connection) -> Result<(), PageError> {
    let token = partner
        .broker
        .access_token(connection.app, connection.principal)
        .await;
    let Ok(token) = token else { return Ok(()) };
    let outcome = partner
        .client
        .profile(&token.geolocation, &token.value)
        .await;
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

fn report_row(report: &Report) -> ReportRow {
    let state = [&report.approval, &report.payment]
        .into_iter()
        .filter(|word| !word.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    ReportRow {
        name: report.name.clone(),
        owner: report.owner.clone(),
        state,
        submitted: report.submitted.chars().take(10).collect(),
        total: format!("{} {}", amount(&report.total), report.currency),
    }
}

/// `1284.5` as `1,284.50`; what is no such number stays as it came.
fn amount(total: &str) -> String {
    let (whole, cents) = total.split_once('.').unwrap_or((total, ""));
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", whole),
    };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if digits.is_empty() || !is_number(digits) || !is_number(cents) {
        return total.to_owned();
    }
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let cents: String = cents
        .chars()
        .chain("00".chars())
        .take(cents.len().max(2))
        .collect();
    format!("{sign}{grouped}.{cents}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_with_two_places_at_least() {
        for (total, shown) in [
            ("1284.5", "1,284.50"),
            ("96", "96.00"),
            ("-1234567.125", "-1,234,567.125"),
            ("", ""),
            ("n/a", "n/a"),
        ] {
            assert_eq!(amount(total), shown);
        }
    }
}
