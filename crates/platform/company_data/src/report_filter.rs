//! Reading the query of the report list (reference §7.3.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil;
use protocol::{Form, Timestamp};
use serde_json::json;
use store::{ReportFilter, Span};
use web::Description;
use web::description::{schema, text};

use crate::refusal::Refusal;

/// Rows per page, when none or more are asked for.
const DEFAULT_LIMIT: i64 = 25;
const MAX_LIMIT: i64 = 100;

/// What the caller asked for.
#[derive(Debug)]
pub struct ReportQuery {
    /// `user`: `ALL`, a login, or nothing.
    pub user: Option<String>,
    pub limit: i64,
    /// Where the page before this one ended.
    pub after: Option<(Timestamp, String)>,
    pub filter: ReportFilter,
}

/// Filters of the reference that this platform does not know yet. Ignoring one would return rows
/// that were not asked for, so it is refused by name.
const UNSUPPORTED: &[&str] = &[
    "paymentType",
    "reimbursementMethod",
    "expenseTypeCode",
    "attendeeTypeCode",
    "batchID",
    "vendorName",
    "hasVAT",
    "hasImages",
    "hasAttendees",
    "hasBillableExpenses",
    "isTestUser",
    "expenseGroupConfigID",
    "entryTransactionDateBefore",
    "entryTransactionDateAfter",
    "userDefinedDateBefore",
    "userDefinedDateAfter",
    "processingPaymentDateBefore",
    "processingPaymentDateAfter",
];

const INSTANT: &str = "`yyyy-MM-dd` or `yyyy-MM-ddTHH:mm:ss.SSS`, in UTC.";

const FILTERS: &[(&str, &str)] = &[
    ("approverLoginID", "Reports that wait for this person."),
    ("currencyCode", "Reports in this currency (ISO 4217)."),
    ("countryCode", "Reports of this country (ISO 3166)."),
    (
        "approvalStatusCode",
        "Reports in one of these states, separated by commas.",
    ),
    (
        "paymentStatusCode",
        "Reports in one of these states, separated by commas.",
    ),
    ("createDateAfter", INSTANT),
    ("createDateBefore", INSTANT),
    ("submitDateAfter", INSTANT),
    ("submitDateBefore", INSTANT),
    ("paidDateAfter", INSTANT),
    ("paidDateBefore", INSTANT),
    ("modifiedDateAfter", INSTANT),
    ("modifiedDateBefore", INSTANT),
];

/// What [`read`] understands.
pub fn describe(description: Description) -> Description {
    let limit = schema(json!({ "type": "integer", "minimum": 1, "default": DEFAULT_LIMIT }));
    let description = description
        .query("user", "A login, or `ALL`.", text())
        .query("limit", "How many at most; more than 100 are 100.", limit)
        .query("offset", "Taken from `NextPage`.", text());
    FILTERS
        .iter()
        .fold(description, |description, (name, what)| {
            description.query(name, what, text())
        })
}

/// Parameters that are understood. Others are none of ours and are left alone.
pub fn read(query: &str) -> Result<ReportQuery, Refusal> {
    let form = Form::parse(query.as_bytes()).map_err(|error| match error {
        protocol::FormError::Duplicate(name) => bad(format!("{name} was given more than once.")),
        protocol::FormError::NotText => bad("The query cannot be read as text.".to_owned()),
    })?;
    if let Some(name) = UNSUPPORTED.iter().find(|name| form.has(name)) {
        return Err(bad(format!("The filter {name} is not supported here.")));
    }
    let text = |name: &str| form.get(name).map(str::to_owned);
    Ok(ReportQuery {
        user: text("user"),
        limit: limit(form.get("limit"))?,
        after: form.get("offset").map(read_offset).transpose()?,
        filter: ReportFilter {
            owner_login: None,
            approver_login: text("approverLoginID").map(|login| login.to_lowercase()),
            currency_code: text("currencyCode").map(|code| code.to_uppercase()),
            country: text("countryCode").map(|code| code.to_uppercase()),
            approval_status_codes: codes(form.get("approvalStatusCode")),
            payment_status_codes: codes(form.get("paymentStatusCode")),
            created: span(&form, "createDate")?,
            submitted: span(&form, "submitDate")?,
            paid: span(&form, "paidDate")?,
            modified: span(&form, "modifiedDate")?,
        },
    })
}

fn limit(text: Option<&str>) -> Result<i64, Refusal> {
    let Some(text) = text else {
        return Ok(DEFAULT_LIMIT);
    };
    let number = text.parse::<i64>().ok().filter(|number| *number > 0);
    number.map(|number| number.min(MAX_LIMIT)).ok_or_else(|| {
        bad(format!(
            "limit must be a whole number from 1 to {MAX_LIMIT}."
        ))
    })
}

fn codes(list: Option<&str>) -> Vec<String> {
    list.unwrap_or_default()
        .split(',')
        .map(|code| code.trim().to_uppercase())
        .filter(|code| !code.is_empty())
        .collect()
}

fn span(form: &Form, name: &str) -> Result<Span, Refusal> {
    let end = |ending: &str| {
        let name = format!("{name}{ending}");
        form.get(&name).map(|text| instant(&name, text)).transpose()
    };
    Ok(Span {
        after: end("After")?,
        before: end("Before")?,
    })
}

/// `yyyy-MM-dd` or `yyyy-MM-ddTHH:mm:ss.SSS`, in UTC.
fn instant(name: &str, text: &str) -> Result<Timestamp, Refusal> {
    let wrong = || {
        bad(format!(
            "{name} must have the form yyyy-MM-dd or yyyy-MM-ddTHH:mm:ss.SSS."
        ))
    };
    let civil: civil::DateTime = text.trim_end_matches('Z').parse().map_err(|_| wrong())?;
    let instant = jiff::tz::TimeZone::UTC
        .to_timestamp(civil)
        .map_err(|_| wrong())?;
    Ok(Timestamp::from_micros(instant.as_microsecond()))
}

/// The opaque `offset` that leads behind a report.
pub fn write_offset(created_at: Timestamp, id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}\n{id}", created_at.as_micros()))
}

fn read_offset(text: &str) -> Result<(Timestamp, String), Refusal> {
    let decoded = URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    decoded
        .as_deref()
        .and_then(|text| text.split_once('\n'))
        .and_then(|(micros, id)| {
            Some((Timestamp::from_micros(micros.parse().ok()?), id.to_owned()))
        })
        .ok_or_else(|| bad("offset must be the one that NextPage holds.".to_owned()))
}

fn bad(why: String) -> Refusal {
    Refusal::BadParameter(why)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn filters_are_read_and_unknown_ones_refused() {
        let query = read(
            "user=ALL&limit=500&approvalStatusCode=A_APPR,a_pend&submitDateAfter=2026-01-31&foo=1",
        )
        .unwrap();
        assert_eq!(query.limit, 100);
        assert_eq!(query.filter.approval_status_codes, ["A_APPR", "A_PEND"]);
        let after = query.filter.submitted.after.unwrap();
        assert_eq!(after.as_seconds(), 1_769_817_600);
        for bad in [
            "limit=0",
            "limit=x",
            "offset=!!",
            "submitDateBefore=yesterday",
            "hasVAT=true",
            "limit=1&limit=2",
        ] {
            assert!(matches!(read(bad), Err(Refusal::BadParameter(_))), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn an_offset_leads_back(micros: i64, id in "[A-Z0-9]{1,20}") {
            let offset = write_offset(Timestamp::from_micros(micros), &id);
            let read = read_offset(&offset).unwrap();
            prop_assert_eq!(read, (Timestamp::from_micros(micros), id));
        }
    }
}
