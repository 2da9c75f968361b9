use db::{Error, Row, Tx, Value, values};
use protocol::{CompanyId, Timestamp};

use crate::columns::{time, time_opt};

/// An expense report: what reports are found by, and the report itself as JSON.
#[derive(Clone, Debug)]
pub struct ExpenseReport {
    pub id: String,
    pub created_at: Timestamp,
    pub owner_login: String,
    pub approver_login: String,
    pub currency_code: String,
    pub country: String,
    pub approval_status_code: String,
    pub payment_status_code: String,
    pub submitted_at: Option<Timestamp>,
    pub paid_at: Option<Timestamp>,
    pub modified_at: Timestamp,
    /// The fields of reference §7.3.1, except `URI`, which depends on the data centre.
    pub content: String,
}

/// Which of a company's reports are wanted (reference §7.3.1). An empty list or `None` is any.
#[derive(Clone, Debug, Default)]
pub struct ReportFilter {
    pub owner_login: Option<String>,
    pub approver_login: Option<String>,
    pub currency_code: Option<String>,
    pub country: Option<String>,
    pub approval_status_codes: Vec<String>,
    pub payment_status_codes: Vec<String>,
    /// Pairs of after (inclusive) and before (exclusive).
    pub created: Span,
    pub submitted: Span,
    pub paid: Span,
    pub modified: Span,
}

/// An interval of time, either end open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    pub after: Option<Timestamp>,
    pub before: Option<Timestamp>,
}

/// All columns by name: one that a newer release adds changes nothing here.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT company_id, created_at, id, owner_login, approver_login,
               currency_code, country, approval_status_code, payment_status_code,
               submitted_at, paid_at, modified_at, content
             FROM expense_reports ",
            $rest
        )
    };
}

pub async fn insert(tx: &mut Tx, company: CompanyId, report: &ExpenseReport) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO expense_reports (company_id, created_at, id, owner_login, approver_login,
           currency_code, country, approval_status_code, payment_status_code, submitted_at,
           paid_at, modified_at, content)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &values![
            company.to_string(),
            report.created_at.as_micros(),
            &report.id,
            &report.owner_login,
            &report.approver_login,
            &report.currency_code,
            &report.country,
            &report.approval_status_code,
            &report.payment_status_code,
            report.submitted_at.map(Timestamp::as_micros),
            report.paid_at.map(Timestamp::as_micros),
            report.modified_at.as_micros(),
            &report.content,
        ],
    )
    .await?;
    Ok(())
}

/// The newest `limit` reports that fit, older than the one that `after` names.
pub async fn list(
    tx: &mut Tx,
    company: CompanyId,
    filter: &ReportFilter,
    after: Option<(Timestamp, String)>,
    limit: i64,
) -> Result<Vec<ExpenseReport>, Error> {
    let mut query = Query::new(company);
    if let Some((created_at, id)) = after {
        let at = query.bind(created_at.as_micros());
        let id = query.bind(id);
        query.and(format!(
            "(created_at < {at} OR (created_at = {at} AND id > {id}))"
        ));
    }
    query.equals("owner_login", filter.owner_login.as_deref());
    query.equals("approver_login", filter.approver_login.as_deref());
    query.equals("currency_code", filter.currency_code.as_deref());
    query.equals("country", filter.country.as_deref());
    query.one_of("approval_status_code", &filter.approval_status_codes);
    query.one_of("payment_status_code", &filter.payment_status_codes);
    query.within("created_at", filter.created);
    query.within("submitted_at", filter.submitted);
    query.within("paid_at", filter.paid);
    query.within("modified_at", filter.modified);
    let limit = query.bind(limit);
    let sql = format!("{} ORDER BY created_at DESC, id LIMIT {limit}", query.sql);
    tx.query(&sql, &query.parameters)
        .await?
        .iter()
        .map(from_row)
        .collect()
}

/// One report of a company.
pub async fn find(
    tx: &mut Tx,
    company: CompanyId,
    id: &str,
) -> Result<Option<ExpenseReport>, Error> {
    let row = tx
        .query_opt(
            select!("WHERE company_id = $1 AND id = $2"),
            &values![company.to_string(), id],
        )
        .await?;
    row.as_ref().map(from_row).transpose()
}

fn from_row(row: &Row) -> Result<ExpenseReport, Error> {
    Ok(ExpenseReport {
        id: row.get("id")?,
        created_at: time(row, "created_at")?,
        owner_login: row.get("owner_login")?,
        approver_login: row.get("approver_login")?,
        currency_code: row.get("currency_code")?,
        country: row.get("country")?,
        approval_status_code: row.get("approval_status_code")?,
        payment_status_code: row.get("payment_status_code")?,
        submitted_at: time_opt(row, "submitted_at")?,
        paid_at: time_opt(row, "paid_at")?,
        modified_at: time(row, "modified_at")?,
        content: row.get("content")?,
    })
}

/// A statement that grows by conditions; values only ever become parameters.
struct Query {
    sql: String,
    parameters: Vec<Value>,
}

impl Query {
    fn new(company: CompanyId) -> Query {
        Query {
            sql: select!("WHERE company_id = $1").to_owned(),
            parameters: vec![company.to_string().into()],
        }
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.parameters.push(value.into());
        format!("${}", self.parameters.len())
    }

    fn and(&mut self, condition: String) {
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition);
    }

    fn equals(&mut self, column: &'static str, value: Option<&str>) {
        if let Some(value) = value {
            let parameter = self.bind(value);
            self.and(format!("{column} = {parameter}"));
        }
    }

    fn one_of(&mut self, column: &'static str, values: &[String]) {
        if !values.is_empty() {
            let list: Vec<String> = values.iter().map(|value| self.bind(value)).collect();
            self.and(format!("{column} IN ({})", list.join(", ")));
        }
    }

    fn within(&mut self, column: &'static str, span: Span) {
        if let Some(after) = span.after {
            let parameter = self.bind(after.as_micros());
            self.and(format!("{column} >= {parameter}"));
        }
        if let Some(before) = span.before {
            let parameter = self.bind(before.as_micros());
            self.and(format!("{column} < {parameter}"));
        }
    }
}
