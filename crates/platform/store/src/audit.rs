//! The audit log: who changed what, for which company and app, in which request (S36).
//!
//! Architecture invariant: an event is written in the transaction of the change that it tells of, so
//! that there is never one without the other (S38). Chaining happens afterwards, by one node at a
//! time: a chain that every change had to extend would let only one change happen at a time.

mod chain;

use ambient::Entropy;
use db::{Error, Tx};
use protocol::{AppId, CompanyId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::audit_events::{self, AuditRow};

pub use chain::{End, Problem, Verified, export, seal, verify};
pub(crate) use chain::{HELD_FOR, KEY, LEASE, end};

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Actor {
    /// A person at a customer company.
    User(UserId),
    /// A partner's program.
    App(AppId),
    /// Whoever uses the command line.
    Operator,
    /// The platform itself: a key that rotates, a replay that is noticed.
    Platform,
}

/// Who does something, in which request, when.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    pub actor: Actor,
    pub correlation_id: &'a str,
    pub now: Timestamp,
}

/// What is done to what.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    pub action: Action,
    pub company: Option<CompanyId>,
    pub app: Option<AppId>,
    /// What it is done to, by its id, where that is neither the company nor the app: a user, a
    /// secret, a key, a listing. Never a secret itself.
    pub subject: &'a str,
}

macro_rules! actions {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// What can be done. The words stand in the log for good: they are added to, never changed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Action {
            $(#[serde(rename = $text)] $name,)*
        }

        impl Action {
            pub const ALL: &[Action] = &[$(Action::$name),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Action::$name => $text,)* }
            }
        }
    };
}

actions! {
    SignedIn = "signed_in",
    SignedOut = "signed_out",
    TermsAccepted = "terms_accepted",
    RequestTokenMinted = "request_token_minted",
    OneTimePasswordMinted = "one_time_password_minted",
    AuthorizationGranted = "authorization_granted",
    ConnectStarted = "connect_started",
    ConnectCancelled = "connect_cancelled",
    Connected = "connected",
    Reconnected = "reconnected",
    Disconnected = "disconnected",
    ReplayDetected = "replay_detected",
    RefreshTokenRotated = "refresh_token_rotated",
    RefreshTokenRecognized = "refresh_token_recognized",
    RefreshTokenRevoked = "refresh_token_revoked",
    AccessTokenRevoked = "access_token_revoked",
    LeadSubmitted = "lead_submitted",
    AppRegistered = "app_registered",
    AppChanged = "app_changed",
    AppEnabled = "app_enabled",
    AppDisabled = "app_disabled",
    SecretCreated = "secret_created",
    SecretActivated = "secret_activated",
    SecretDeactivated = "secret_deactivated",
    SecretDeleted = "secret_deleted",
    SigningKeyChanged = "signing_key_changed",
    CompanyCreated = "company_created",
    CompanyMoved = "company_moved",
    CompanySuspended = "company_suspended",
    CompanyResumed = "company_resumed",
    UserCreated = "user_created",
    UserPasswordSet = "user_password_set",
    UserEnabled = "user_enabled",
    UserDisabled = "user_disabled",
    ListingPublished = "listing_published",
    NotBeforeSet = "not_before_set",
    NotBeforeLifted = "not_before_lifted",
    DatabaseRestored = "database_restored",
}

/// An event, as it stands in the log and in an export: this text is what is chained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    pub id: Uuid,
    /// Microseconds since the epoch.
    pub at: i64,
    pub actor: Actor,
    pub action: Action,
    pub company: Option<CompanyId>,
    pub app: Option<AppId>,
    pub subject: String,
    pub correlation_id: String,
}

/// Writes an event, in the transaction of the change.
pub async fn record(
    tx: &mut Tx,
    entropy: &Entropy,
    by: By<'_>,
    change: Change<'_>,
) -> Result<(), Error> {
    write(tx, entropy.uuid(), by, change).await
}

/// [`record`], with an id that is there already.
pub(crate) async fn write(
    tx: &mut Tx,
    id: Uuid,
    by: By<'_>,
    change: Change<'_>,
) -> Result<(), Error> {
    let event = Event {
        id,
        at: by.now.as_micros(),
        actor: by.actor,
        action: change.action,
        company: change.company,
        app: change.app,
        subject: change.subject.to_owned(),
        correlation_id: by.correlation_id.to_owned(),
    };
    audit_events::insert(tx, &event.row()).await
}

/// What was done of one kind for a company, newest first.
pub async fn newest(
    tx: &mut Tx,
    company: CompanyId,
    action: Action,
    at_most: i64,
) -> Result<Vec<Event>, Error> {
    let rows = audit_events::newest(tx, company, action.as_str(), at_most).await?;
    let event = |row: &AuditRow| serde_json::from_str(&row.content).ok();
    Ok(rows.iter().filter_map(event).collect())
}

impl Event {
    fn row(&self) -> AuditRow {
        AuditRow {
            id: self.id.to_string(),
            at: self.at,
            company: self.company.map(|company| company.to_string()),
            client: self.app.map(|app| app.to_string()),
            action: self.action.as_str().to_owned(),
            content: serde_json::to_string(self).expect("an event has a JSON form"),
            position: None,
            chain: None,
        }
    }
}
