//! What a partner keeps: connections with sealed tokens, accounts, verification codes, flows; and
//! the broker that hands out current access tokens, and the keeper that keeps connections alive.
//!
//! The only partner crate with SQL; each table's statements stand in the file named after it.
//! Functions give `db::Error`, so that a page answers 503 when the database is away.
//!
//! Architecture invariant: whatever a refresh brings is durable before the access token is handed
//! out, and the refresh token before it is kept until the newer one was used with success (S47).
//!
//! Architecture invariant: only a platform that refuses every stored token with 108 ends a
//! connection (S49). Everything else leaves it as it was, and is tried again.

mod accounts;
mod alarms;
mod api_keys;
mod audit_log;
mod broker;
mod calls;
mod columns;
mod connect;
mod connections;
mod customer;
mod deliveries;
mod disconnect;
mod due;
mod events;
mod flows;
mod inquiries;
mod keeper;
mod keys;
mod no_token;
mod notifier;
mod platforms;
mod remembered;
mod renew;
mod rewrap;
mod sealing_proof;
mod sessions;
mod slots;
mod staff;
pub mod standing;
mod usage;
mod vault;
mod verification_codes;
mod watermarks;

pub use accounts::{Account, NewAccount};
pub use alarms::Alarm;
pub use api_keys::{ApiKey, IssuedApiKey};
pub use audit_log::{Action, Actor, AuditEntry, AuditFilter, By};
pub use broker::{AccessToken, Broker};
pub use calls::LoggedCall;
pub use connect::{Established, LinkedTo};
pub use connections::{
    ALERT_DAYS, Column, Connection, ConnectionFilter, ConnectionState, Health, ListedConnection,
    StateCounts,
};
pub use disconnect::Parting;
pub use events::{Event, Happening};
pub use flows::{Flow, NewFlow, RefusedFlow, Step, Turn};
pub use inquiries::{Inquiry, InquiryCounts, NewInquiry};
pub use keeper::{KEEPER_ROUND, KeeperConfig};
pub use keys::VaultKeys;
pub use no_token::NoToken;
pub use notifier::{Contacts, CustomerWords, Notifier, Webhook};
pub use staff::Staff;
pub use usage::{Usage, UsageTotals, Used};
pub use vault::{MIGRATIONS, OpenError, Vault};
pub use verification_codes::{
    CODE_LIFETIME, Entrant, IssuedCode, NewCode, VerificationCode, normalize_code,
};
