//! A typed HTTP client of the wire: exchange, refresh, revoke, and the calls a partner makes.
//!
//! Every host it speaks to stands in its configuration: what an answer names (`geolocation`, a
//! redirect, an issuer) is followed only when it is one of them (GE-08, SE-26). Answers are read
//! tolerantly (S52), refusals are sorted by what is to be done about them (S49).

mod call;
mod config;
mod exchange;
mod http;
mod id_token;
mod profile;
mod refresh;
mod refusal;
mod reports;
mod revoke;
mod tokens;

pub use call::{Call, Outcome};
pub use config::{Config, ConfigError, Credentials};
pub use exchange::{Exchange, Exchanged};
pub use http::Client;
pub use profile::Profile;
pub use refusal::{Reason, Refusal};
pub use reports::{Report, Reports};
pub use tokens::Tokens;
