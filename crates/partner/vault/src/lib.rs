//! What a partner keeps: connections with sealed tokens, accounts, verification codes, flows; and
//! the broker that hands out current access tokens, and the keeper that keeps connections alive.
//!
//! The only partner crate with SQL; each table's statements stand in the file named after it.
//! Functions give `db::Error`, so that a page answers 503 when the database is away.

mod accounts;
mod broker;
mod calls;
mod columns;
mod connect;
mod connections;
mod disconnect;
mod due;
mod flows;
mod inquiries;
mod keeper;
mod renew;
mod sessions;
mod staff;
mod vault;
mod verification_codes;

pub use accounts::{Account, NewAccount};
pub use broker::{AccessToken, Broker, NoToken};
pub use calls::LoggedCall;
pub use connect::{Established, LinkedTo};
pub use connections::{
    Connection, ConnectionFilter, ConnectionState, ListedConnection, StateCounts,
};
pub use disconnect::Parting;
pub use flows::{Flow, NewFlow, RefusedFlow, Step, Turn};
pub use inquiries::{Inquiry, NewInquiry};
pub use keeper::KEEPER_ROUND;
pub use staff::Staff;
pub use vault::{OpenError, Vault};
pub use verification_codes::{
    CODE_LIFETIME, Entrant, IssuedCode, NewCode, VerificationCode, normalize_code,
};
