use protocol::{Origin, PrincipalType};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;

use crate::http::Ask;
use crate::{Client, Outcome, Reason, Refusal};

/// One expense report of the v3 list (reference §7.3.1), as far as it can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub id: String,
    pub name: String,
    pub owner: String,
    /// Digits as the platform wrote them.
    pub total: String,
    pub currency: String,
    pub approval: String,
    pub payment: String,
    /// `2026-11-20T08:00:00`, or empty while it is not submitted.
    pub submitted: String,
}

/// Which reports: all of a company with its token, the own ones with a person's.
#[derive(Clone, Copy, Debug)]
pub struct Reports {
    pub of: PrincipalType,
    pub limit: u16,
}

impl Client {
    /// The latest expense reports (`GET /api/v3.0/expense/reports`). The next page is not asked
    /// for, so no address from the answer is ever followed.
    pub async fn latest_reports(
        &self,
        geolocation: &Origin,
        access_token: &SecretString,
        which: Reports,
    ) -> Outcome<Vec<Report>> {
        let mut calls = Vec::new();
        let all = match which.of {
            PrincipalType::Company => "user=ALL&",
            _ => "",
        };
        let path = format!("/api/v3.0/expense/reports?{all}limit={}", which.limit);
        let ask = Ask {
            what: "GET /api/v3.0/expense/reports",
            method: Method::GET,
            origin: geolocation,
            path: &path,
        };
        let result = match self.allowed(geolocation) {
            Ok(()) => {
                self.settle(&ask, Some(access_token), &mut calls, |reply| {
                    match reply.status {
                        200 => read(&reply.body),
                        status => Err(Refusal::of_status(status)),
                    }
                })
                .await
            }
            Err(refusal) => Err(refusal),
        };
        Outcome { result, calls }
    }
}

fn read(body: &[u8]) -> Result<Vec<Report>, Refusal> {
    let unreadable = || Refusal::new(Reason::Other, "the list of reports cannot be read");
    let json: Value = serde_json::from_slice(body).map_err(|_| unreadable())?;
    let items = json
        .get("Items")
        .and_then(Value::as_array)
        .ok_or_else(unreadable)?;
    Ok(items.iter().map(report).collect())
}

fn report(item: &Value) -> Report {
    let text = |name: &str| match item.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    Report {
        id: text("ID"),
        name: text("Name"),
        owner: text("OwnerName"),
        total: text("Total"),
        currency: text("CurrencyCode"),
        approval: text("ApprovalStatusName"),
        payment: text("PaymentStatusName"),
        submitted: text("SubmitDate"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s52_amounts_are_read_as_numbers_or_texts_and_gaps_stay_gaps() {
        let body = br#"{"Items":[{"ID":"A1","Name":"Rotterdam","Total":1284.50,"CurrencyCode":"EUR","SubmitDate":null},
            {"ID":"A2","Total":"96.00"},{}],"NextPage":"https://elsewhere.example/x"}"#;
        let reports = read(body).unwrap();
        assert_eq!(reports.len(), 3);
        assert_eq!(reports[0].total, "1284.5");
        assert_eq!(reports[0].submitted, "");
        assert_eq!(reports[1].total, "96.00");
        assert!(read(br#"{"items":[]}"#).is_err());
    }
}
