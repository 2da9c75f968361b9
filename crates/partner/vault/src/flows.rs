mod exchange;
mod resume;
mod rewrap;
mod signing_up;

use std::time::Duration;

use db::{Error, Row, Tx, values};
use protocol::{AppId, DAY, Timestamp, TokenHash, UserId};
use secrecy::SecretString;
use uuid::Uuid;

use crate::{Entrant, Vault, accounts, columns, verification_codes};

pub use exchange::Turn;
pub(crate) use exchange::done;

/// A flow lives as long as its request token can.
const LIFETIME: Duration = DAY;

/// Where somebody stands on a landing page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Sign in, sign up, or enter a code.
    Start,
    /// Signing up: the person is known, the company is next.
    Company,
    /// It is known what to link; nothing has been exchanged.
    Confirm,
    /// The exchange is under way.
    Exchanging,
    Done,
    /// The platform refused for good.
    Refused,
}

/// What the link carried, to begin a flow with.
pub struct NewFlow {
    pub app: AppId,
    pub principal: Uuid,
    pub request_token: SecretString,
    pub clicked_by: Option<UserId>,
    /// Of the new cookie.
    pub cookie: TokenHash,
    /// Of the cookie the browser had for this app: that flow ends.
    pub replaces: Option<TokenHash>,
}

/// A visit to a landing page.
#[derive(Clone)]
pub struct Flow {
    pub id: Uuid,
    pub app: AppId,
    /// Of the link; unproven until the exchange.
    pub principal: Uuid,
    pub clicked_by: Option<Uuid>,
    pub step: Step,
    pub name: Option<String>,
    pub email: Option<String>,
    pub password_hash: Option<String>,
    pub company_name: Option<String>,
    /// What the app asked besides, as a JSON object of texts.
    pub answers: Option<String>,
    pub account_id: Option<Uuid>,
    pub code_id: Option<Uuid>,
    pub connection_id: Option<Uuid>,
    /// When the last exchange began.
    pub exchanging_since: Option<Timestamp>,
    pub refusal: Option<RefusedFlow>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Why the last exchange of a flow failed.
#[derive(Clone, Debug)]
pub struct RefusedFlow {
    /// As the client names it: `link_expired`, `transient`, …
    pub reason: String,
    /// The platform's description and number.
    pub text: String,
    pub correlation_id: Option<String>,
}

const COLUMNS: &str = "id, app, principal, clicked_by, step, name, email, password_hash, \
    company_name, answers, account_id, code_id, connection_id, exchanging_since, refusal, refusal_text, \
    correlation_id, created_at, expires_at";

impl Step {
    const fn as_str(self) -> &'static str {
        match self {
            Step::Start => "start",
            Step::Company => "company",
            Step::Confirm => "confirm",
            Step::Exchanging => "exchanging",
            Step::Done => "done",
            Step::Refused => "refused",
        }
    }
}

impl Flow {
    /// Who enters a verification code.
    pub fn entrant(&self) -> Entrant {
        Entrant {
            app: self.app,
            flow: self.id,
            principal: self.principal,
            until: self.expires_at,
        }
    }
}

impl Vault {
    /// Keeps a link's request token, sealed, and ends the flow that the browser had before. What
    /// was typed there for the same company is carried over.
    pub async fn begin_flow(&self, new: NewFlow) -> Result<(), Error> {
        let now = self.clock().now();
        let id = self.entropy().uuid();
        let sealed = self.seal(&place(id), &new.request_token);
        let mut tx = self.db().write().await?;
        let before = match &new.replaces {
            Some(cookie) => find(&mut tx, cookie, new.app, now).await?,
            None => None,
        };
        if let Some(before) = before.as_ref().filter(|flow| flow.step != Step::Exchanging) {
            verification_codes::release(&mut tx, before.id).await?;
            tx.execute(
                "DELETE FROM flows WHERE id = $1",
                &values![before.id.to_string()],
            )
            .await?;
        }
        let kept = before.filter(|flow| flow.principal == new.principal);
        let typed = |field: fn(&Flow) -> Option<String>| kept.as_ref().and_then(field);
        tx.execute(
            "INSERT INTO flows (id, cookie_hash, app, principal, request_token, clicked_by, step,
                 name, email, password_hash, company_name, answers, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, 'start', $7, $8, $9, $10, $11, $12, $13)",
            &values![
                id.to_string(),
                new.cookie.as_bytes(),
                new.app.to_string(),
                new.principal.to_string(),
                sealed,
                new.clicked_by.map(|user| user.to_string()),
                typed(|flow| flow.name.clone()),
                typed(|flow| flow.email.clone()),
                typed(|flow| flow.password_hash.clone()),
                typed(|flow| flow.company_name.clone()),
                typed(|flow| flow.answers.clone()),
                now.as_micros(),
                (now + LIFETIME).as_micros(),
            ],
        )
        .await?;
        tx.commit().await
    }

    /// The flow of a browser with an app, while it lives.
    pub async fn flow(&self, cookie: TokenHash, app: AppId) -> Result<Option<Flow>, Error> {
        let mut tx = self.db().read().await?;
        find(&mut tx, &cookie, app, self.clock().now()).await
    }

    /// Somebody has signed in with an existing account, and reads the pages in `language` (BCP 47).
    pub async fn flow_signs_in(
        &self,
        flow: Uuid,
        account: Uuid,
        language: &str,
    ) -> Result<bool, Error> {
        let mut tx = self.db().write().await?;
        let changed = tx
            .execute(
                "UPDATE flows SET step = 'confirm', account_id = $2, code_id = NULL, refusal = NULL
                 WHERE id = $1 AND step IN ('start', 'company', 'confirm')",
                &values![flow.to_string(), account.to_string()],
            )
            .await?;
        accounts::reads(&mut tx, account, language).await?;
        tx.commit().await?;
        Ok(changed > 0)
    }

    /// Somebody has entered a code, which is kept for this flow.
    pub async fn flow_holds_code(&self, flow: Uuid, code: Uuid) -> Result<bool, Error> {
        self.step(
            "UPDATE flows SET step = 'confirm', code_id = $2, account_id = NULL, agreed = TRUE,
                 refusal = NULL
             WHERE id = $1 AND step IN ('start', 'company', 'confirm')",
            &values![flow.to_string(), code.to_string()],
        )
        .await
    }

    async fn step(&self, sql: &str, parameters: &[db::Value]) -> Result<bool, Error> {
        let mut tx = self.db().write().await?;
        let changed = tx.execute(sql, parameters).await?;
        tx.commit().await?;
        Ok(changed > 0)
    }

    /// Removes flows past their 24 hours; the codes they held are free by then.
    pub(crate) async fn forget_flows(&self) -> Result<(), Error> {
        let mut tx = self.db().write().await?;
        tx.execute(
            "DELETE FROM flows WHERE expires_at <= $1",
            &values![self.clock().now().as_micros()],
        )
        .await?;
        tx.commit().await
    }
}

async fn find(
    tx: &mut Tx,
    cookie: &TokenHash,
    app: AppId,
    now: Timestamp,
) -> Result<Option<Flow>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM flows WHERE cookie_hash = $1 AND app = $2 AND expires_at > $3"
    );
    let row = tx
        .query_opt(
            &sql,
            &values![cookie.as_bytes(), app.to_string(), now.as_micros()],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

fn place(flow: Uuid) -> String {
    format!("flow {flow}")
}

fn read(row: &Row) -> Result<Flow, Error> {
    let step = match row.get::<String>("step")?.as_str() {
        "start" => Step::Start,
        "company" => Step::Company,
        "confirm" => Step::Confirm,
        "exchanging" => Step::Exchanging,
        "done" => Step::Done,
        _ => Step::Refused,
    };
    let refusal = match row.get::<Option<String>>("refusal")? {
        Some(reason) => Some(RefusedFlow {
            reason,
            text: row
                .get::<Option<String>>("refusal_text")?
                .unwrap_or_default(),
            correlation_id: row.get("correlation_id")?,
        }),
        None => None,
    };
    Ok(Flow {
        id: columns::uuid(row, "id")?,
        app: AppId::from_uuid(columns::uuid(row, "app")?),
        principal: columns::uuid(row, "principal")?,
        clicked_by: columns::uuid_opt(row, "clicked_by")?,
        step,
        name: row.get("name")?,
        email: row.get("email")?,
        password_hash: row.get("password_hash")?,
        company_name: row.get("company_name")?,
        answers: row.get("answers")?,
        account_id: columns::uuid_opt(row, "account_id")?,
        code_id: columns::uuid_opt(row, "code_id")?,
        connection_id: columns::uuid_opt(row, "connection_id")?,
        exchanging_since: columns::time_opt(row, "exchanging_since")?,
        refusal,
        created_at: columns::time(row, "created_at")?,
        expires_at: columns::time(row, "expires_at")?,
    })
}
