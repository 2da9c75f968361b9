//! A typed HTTP client of the wire: exchange, refresh, revoke, and the calls a partner makes.
//!
//! Every host it speaks to stands in its configuration: what an answer names (`geolocation`, a
//! redirect, an issuer) is followed only when it is one of them (GE-08, SE-26). Answers are read
//! tolerantly (S52), refusals are sorted by what is to be done about them (S49).
//!
//! It stands alone: it needs no vault, no database and nothing of the platform. What it does not do
//! is remember: whoever calls it stores the refresh token, its expiry and the geolocation of every
//! answer before using the access token. `examples/refresh.rs` shows that in twenty lines.
//!
//! Every request has a time-out; what met a passing fault (no answer, 5xx, 429, 134) is repeated
//! with growing, jittered pauses; [`Outcome::calls`] holds the correlation id of each request. A
//! secret is a [`secrecy::SecretString`], which shows nothing and is overwritten when dropped.

mod call;
mod config;
mod discovery;
mod exchange;
mod forward;
mod http;
mod id_token;
mod introspect;
mod profile;
mod refresh;
mod refusal;
mod reports;
mod revoke;
mod tokens;
mod webhook;

pub use call::{Call, Outcome};
pub use config::{Config, ConfigError, Credentials};
pub use discovery::Discovered;
pub use exchange::{Exchange, Exchanged};
pub use forward::Forwarded;
pub use http::{Client, StandIn};
pub use introspect::Standing;
pub use profile::Profile;
pub use refusal::{Reason, Refusal, Remedy};
pub use reports::{Report, Reports};
pub use tokens::Tokens;
pub use webhook::{Addresses, Undelivered, WebhookSender};
