//! Who changed what, for which app and company, in which request (S36).
//!
//! Architecture invariant: an entry is written in the transaction of the change that it tells of, so
//! that there is never one without the other (S38). It holds ids: no name of a customer, no secret.

use std::sync::Arc;

use db::{Error, Row, Tx, Value, values};
use protocol::{AppId, Timestamp};
use uuid::Uuid;

use crate::{Vault, columns};

/// Who changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A member of the partner's staff, by address.
    Staff(String),
    /// Whoever clicked Connect, by the user id that the link carried; evidence, not proof.
    Customer(String),
    /// Whoever uses the command line, by the command.
    Command(String),
    /// The vault itself: a refresh that was refused, a disconnection that was confirmed.
    System,
}

/// Who changes something, and in which request. Cheap to clone.
#[derive(Clone, Debug)]
pub struct By {
    pub actor: Arc<Actor>,
    /// Empty where there is no request.
    pub correlation_id: Arc<str>,
}

macro_rules! actions {
    ($($name:ident = $text:literal, $words:literal);* $(;)?) => {
        /// What can be done. The words of the table stand for good: they are added to, never changed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Action { $($name),* }

        impl Action {
            pub const ALL: &[Action] = &[$(Action::$name),*];

            /// Its name in the table and in addresses.
            pub const fn as_str(self) -> &'static str {
                match self { $(Action::$name => $text),* }
            }

            /// For people.
            pub const fn words(self) -> &'static str {
                match self { $(Action::$name => $words),* }
            }
        }
    };
}

actions! {
    Connected = "connected", "Connected";
    Reconnected = "reconnected", "Connected again";
    NeedsReconnect = "needs_reconnect", "Refused by the platform";
    Recovered = "recovered", "Works again";
    DisconnectAsked = "disconnect_asked", "Disconnect asked for";
    Disconnected = "disconnected", "Disconnected";
    DeletionAsked = "deletion_asked", "Deletion asked for";
    Deleted = "deleted", "Customer deleted";
    Exported = "exported", "Customer exported";
    CodeIssued = "code_issued", "Verification code issued";
    CodeRevoked = "code_revoked", "Verification code revoked";
    ApiKeyIssued = "api_key_issued", "API key made";
    ApiKeyRevoked = "api_key_revoked", "API key revoked";
    InquiryAnswered = "inquiry_answered", "Inquiry answered";
    InquiryReopened = "inquiry_reopened", "Inquiry opened again";
    SignedIn = "signed_in", "Signed in";
    SignedOut = "signed_out", "Signed out";
    StaffSaved = "staff_saved", "Staff account saved";
    StaffRemoved = "staff_removed", "Staff account removed";
    Rewrapped = "rewrapped", "Sealed under a new key";
    Restored = "restored", "Restored from a backup";
}

impl Action {
    pub fn parse(text: &str) -> Option<Action> {
        Action::ALL
            .iter()
            .copied()
            .find(|action| action.as_str() == text)
    }
}

impl Actor {
    /// What kind of actor: its name in the table and in addresses.
    pub const fn kind(&self) -> &'static str {
        match self {
            Actor::Staff(_) => "staff",
            Actor::Customer(_) => "customer",
            Actor::Command(_) => "command",
            Actor::System => "system",
        }
    }

    fn name(&self) -> &str {
        match self {
            Actor::Staff(name) | Actor::Customer(name) | Actor::Command(name) => name,
            Actor::System => "",
        }
    }

    fn read(kind: &str, name: String) -> Result<Actor, Error> {
        match kind {
            "staff" => Ok(Actor::Staff(name)),
            "customer" => Ok(Actor::Customer(name)),
            "command" => Ok(Actor::Command(name)),
            "system" => Ok(Actor::System),
            _ => Err(Error::Program("an unknown kind of actor".to_owned())),
        }
    }
}

impl By {
    pub fn new(actor: Actor, correlation_id: &str) -> By {
        By {
            actor: Arc::new(actor),
            correlation_id: correlation_id.into(),
        }
    }

    /// The vault itself, outside of any request.
    pub fn system() -> By {
        By::new(Actor::System, "")
    }
}

/// What something is done to.
#[derive(Clone, Copy, Default)]
pub(crate) struct On<'a> {
    pub app: Option<AppId>,
    pub principal: Option<Uuid>,
    /// The id of a code, a key, an inquiry; empty where app and principal say it all.
    pub subject: &'a str,
}

impl On<'_> {
    pub fn customer(app: AppId, principal: Uuid) -> On<'static> {
        On {
            app: Some(app),
            principal: Some(principal),
            subject: "",
        }
    }
}

/// An entry of the log.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    pub id: Uuid,
    pub at: Timestamp,
    pub actor: Actor,
    pub action: Action,
    pub app: Option<AppId>,
    pub principal: Option<Uuid>,
    pub subject: String,
    pub correlation_id: String,
}

/// Which entries to read.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// As [`Actor::kind`] names it; empty for all.
    pub actor: String,
    pub action: Option<Action>,
    pub app: Option<AppId>,
    /// A part of an id, an address or a correlation id, in any letter case.
    pub text: String,
    pub offset: i64,
    pub limit: i64,
}

/// Writes an entry, in the transaction of the change.
pub(crate) async fn record(
    tx: &mut Tx,
    vault: &Vault,
    action: Action,
    on: On<'_>,
) -> Result<(), Error> {
    record_by(tx, vault, (vault.acting(), action), on).await
}

/// [`record`], for a change that somebody else makes than the one the vault was opened for.
pub(crate) async fn record_by(
    tx: &mut Tx,
    vault: &Vault,
    (by, action): (&By, Action),
    on: On<'_>,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO audit_log
             (id, at, actor_kind, actor, action, app, principal, subject, correlation_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &values![
            vault.entropy().uuid().to_string(),
            vault.clock().now().as_micros(),
            by.actor.kind(),
            by.actor.name(),
            action.as_str(),
            on.app.map(|app| app.to_string()),
            on.principal.map(|id| id.to_string()),
            on.subject,
            &*by.correlation_id,
        ],
    )
    .await?;
    Ok(())
}

const COLUMNS: &str = "id, at, actor_kind, actor, action, app, principal, subject, correlation_id";

impl Vault {
    /// A page of the log, the newest first, and how many entries there are in all.
    pub async fn audit_log(&self, filter: &AuditFilter) -> Result<(Vec<AuditEntry>, i64), Error> {
        let condition = "($1 = '' OR actor_kind = $1) AND ($2 = '' OR action = $2)
            AND ($3 = '' OR app = $3)
            AND ($4 = '' OR LOWER(actor) LIKE $4 ESCAPE '!' OR principal LIKE $4 ESCAPE '!'
                OR subject LIKE $4 ESCAPE '!' OR LOWER(correlation_id) LIKE $4 ESCAPE '!')";
        let mut wanted: Vec<Value> = values![
            filter.actor.as_str(),
            filter.action.map_or("", Action::as_str),
            filter.app.map_or_else(String::new, |app| app.to_string()),
            columns::like(&filter.text),
        ]
        .into();
        let mut tx = self.db().read().await?;
        let total = tx
            .query_opt(
                &format!("SELECT COUNT(*) AS total FROM audit_log WHERE {condition}"),
                &wanted,
            )
            .await?
            .map_or(Ok(0), |row| row.get("total"))?;
        wanted.extend(values![filter.limit, filter.offset]);
        let sql = format!(
            "SELECT {COLUMNS} FROM audit_log WHERE {condition}
             ORDER BY at DESC, id DESC LIMIT $5 OFFSET $6"
        );
        let rows = tx.query(&sql, &wanted).await?;
        let entries = rows.iter().map(read).collect::<Result<_, _>>()?;
        Ok((entries, total))
    }

    /// What happened to one customer, the newest first.
    pub async fn history(
        &self,
        app: AppId,
        principal: Uuid,
        limit: i64,
    ) -> Result<Vec<AuditEntry>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM audit_log WHERE app = $1 AND principal = $2
             ORDER BY at DESC, id DESC LIMIT $3"
        );
        let mut tx = self.db().read().await?;
        let rows = tx
            .query(
                &sql,
                &values![app.to_string(), principal.to_string(), limit],
            )
            .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<AuditEntry, Error> {
    let action: String = row.get("action")?;
    Ok(AuditEntry {
        id: columns::uuid(row, "id")?,
        at: columns::time(row, "at")?,
        actor: Actor::read(&row.get::<String>("actor_kind")?, row.get("actor")?)?,
        action: Action::parse(&action)
            .ok_or_else(|| Error::Program("an unknown action in the audit log".to_owned()))?,
        app: columns::uuid_opt(row, "app")?.map(AppId::from_uuid),
        principal: columns::uuid_opt(row, "principal")?,
        subject: row.get("subject")?,
        correlation_id: row.get("correlation_id")?,
    })
}
