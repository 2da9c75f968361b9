use client::{Reason, Report, Reports};
use vault::{Connection, ConnectionState, NoToken};
use web::PageError;

use crate::Partner;

/// How many reports are shown.
const REPORTS: u16 = 10;

/// The latest reports, asked for while the page is made.
pub(super) enum Fetched {
    Reports(Vec<ReportRow>),
    /// Why there are none to show, for people.
    Failed(String),
    /// A connection that has ended is not asked.
    NotAsked,
}

pub(super) struct ReportRow {
    pub name: String,
    pub owner: String,
    pub state: String,
    pub submitted: String,
    pub total: String,
}

/// Asks the platform for the latest reports of a connection.
pub(super) async fn latest(
    partner: &Partner,
    connection: &Connection,
) -> Result<Fetched, PageError> {
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
        let client = match partner.broker.client(app) {
            Ok(client) => client,
            Err(refusal) => return Ok(Fetched::Failed(no_token(&refusal.into()))),
        };
        let outcome = client
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
