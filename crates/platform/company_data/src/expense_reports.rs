//! `GET /api/v3.0/expense/reports` (reference §7.3.1): the reports of a whole company, or one's own.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use protocol::{Form, Principal};
use serde_json::{Value, json};
use store::access::Bearer;
use store::{App, ExpenseReport, expense_reports, users};
use web::Description;
use web::description::{schema, text};

use crate::bearer::{ApiCall, require_scope};
use crate::refusal::{Refusal, refuses, refuses_queries, refuses_unknown};
use crate::report_filter::{self, read, write_offset};
use crate::report_schema::report;

const PATH: &str = "/api/v3.0/expense/reports";

pub async fn list(State(app): State<App>, RawQuery(query): RawQuery, call: ApiCall) -> Response {
    match load(&app, &call, query.as_deref().unwrap_or_default()).await {
        Ok(page) => Json(page).into_response(),
        Err(refusal) => refusal.into_response(&call.correlation, call.now),
    }
}

async fn load(app: &App, call: &ApiCall, query: &str) -> Result<Value, Refusal> {
    let bearer = call.bearer(app).await?;
    require_scope(&bearer, "EXPRPT")?;
    let mut asked = read(query)?;
    let company = bearer.principal.company();
    let mut tx = app.db.read_within(company).await?;
    asked.filter.owner_login = whose(&mut tx, &bearer, asked.user.as_deref()).await?;
    // One more than asked for tells whether there is another page.
    let mut found = expense_reports::list(
        &mut tx,
        company,
        &asked.filter,
        asked.after,
        asked.limit + 1,
    )
    .await?;
    drop(tx);
    let page_length = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let more = found.len() > page_length;
    found.truncate(page_length);
    let next = found.last().filter(|_| more).map(|last| {
        call.center
            .base_uri
            .join(&format!("{PATH}?{}", next_query(query, last)))
    });
    let items: Vec<Value> = found.iter().map(|report| item(call, report)).collect();
    Ok(json!({ "Items": items, "NextPage": next }))
}

/// `GET /api/v3.0/expense/reports/{id}`: one report; somebody else's is not there (404).
pub async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    call: ApiCall,
) -> Response {
    match load_one(&app, &call, &id, query.as_deref().unwrap_or_default()).await {
        Ok(report) => Json(report).into_response(),
        Err(refusal) => refusal.into_response(&call.correlation, call.now),
    }
}

async fn load_one(app: &App, call: &ApiCall, id: &str, query: &str) -> Result<Value, Refusal> {
    let bearer = call.bearer(app).await?;
    require_scope(&bearer, "EXPRPT")?;
    let user = read(query)?.user;
    let mut tx = app.db.read_within(bearer.principal.company()).await?;
    let owner = whose(&mut tx, &bearer, user.as_deref()).await?;
    let report = expense_reports::find(&mut tx, bearer.principal.company(), id).await?;
    let visible = report.filter(|report| owner.is_none_or(|owner| owner == report.owner_login));
    visible
        .map(|report| item(call, &report))
        .ok_or(Refusal::NotFound)
}

/// Whose reports may be shown: `None` is everybody's in the company. A company token acts as a Web
/// Services Admin (reference §11.5, 54); a user's sees the user's own, and more only with that
/// permission.
async fn whose(
    tx: &mut db::Tx,
    bearer: &Bearer,
    asked: Option<&str>,
) -> Result<Option<String>, Refusal> {
    let wanted = asked.filter(|user| !user.eq_ignore_ascii_case("ALL"));
    let wanted = wanted.map(str::to_lowercase);
    let Principal::User(company, user) = bearer.principal else {
        return Ok(wanted);
    };
    let user = users::find(tx, company, user)
        .await?
        .ok_or(Refusal::Unauthorized)?;
    if user.web_services_admin && asked.is_some() {
        return Ok(wanted);
    }
    let own = asked.is_none() || wanted.as_deref() == Some(user.login.as_str());
    if own {
        return Ok(Some(user.login));
    }
    Err(Refusal::Forbidden(
        "The reports of others need the Web Services Admin permission or a company token.",
    ))
}

fn item(call: &ApiCall, report: &ExpenseReport) -> Value {
    let mut fields: Value = serde_json::from_str(&report.content).unwrap_or_else(|_| json!({}));
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("ID".to_owned(), json!(report.id));
        let uri = call.center.base_uri.join(&format!("{PATH}/{}", report.id));
        fields.insert("URI".to_owned(), json!(uri));
    }
    fields
}

/// The same query with the offset of the next page.
fn next_query(query: &str, last: &ExpenseReport) -> String {
    let form = Form::parse(query.as_bytes()).unwrap_or_default();
    let mut next = url::form_urlencoded::Serializer::new(String::new());
    for name in form.names().filter(|name| *name != "offset") {
        next.append_pair(name, form.get(name).unwrap_or_default());
    }
    next.append_pair("offset", &write_offset(last.created_at, &last.id));
    next.finish()
}

const TAG: &str = "Expense reports";
const SCOPE: &str = "Needs the scope `EXPRPT`. A company's token sees everybody's reports; a \
                     person's sees that person's own, and more with the permission.";

pub fn describe_list() -> Description {
    let page = schema(json!({
        "type": "object",
        "required": ["Items", "NextPage"],
        "properties": {
            "Items": { "type": "array", "items": report() },
            "NextPage": { "type": ["string", "null"], "description": "Where the next ones are." },
        },
    }));
    let description = Description::new(TAG, "list_reports", "List reports").details(SCOPE);
    refuses_queries(refuses(report_filter::describe(description))).answers_with(
        StatusCode::OK,
        "A page of reports, newest first.",
        page,
    )
}

pub fn describe_one() -> Description {
    let description = Description::new(TAG, "get_report", "Get one report")
        .details(SCOPE)
        .path("id", "The report's `ID`.")
        .query("user", "A login, or `ALL`.", text());
    refuses_unknown(refuses_queries(refuses(description))).answers_with(
        StatusCode::OK,
        "The report.",
        report(),
    )
}
