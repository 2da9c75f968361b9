//! What every process that serves has, the platform's node and the partner's alike: a configuration
//! of TOML and environment, secrets in files, findings for who looks at a configuration or at a whole,
//! listeners, health and metrics for operators, and an end in which requests that have begun are
//! answered.

mod config;
mod database;
mod exact_origin;
mod finding;
mod forwarded;
mod health;
mod host;
mod key_secret;
pub mod listeners;
mod logging;
mod mailing;
mod measured;
mod secret_file;
mod serving;
mod stopping;
mod telemetry;

pub use config::{ConfigError, can_be_read, overruling, parse, read};
pub use database::{NamedDatabase, Tables, default_database_connections};
pub use exact_origin::ExactOrigin;
pub use finding::{Finding, Verdict};
pub use forwarded::TrustedProxies;
pub use health::Health;
pub use host::{Host, listen};
pub use key_secret::{KeySecret, KeySecretError};
pub use listeners::Listener;
pub use logging::{LogFormat, Logging};
pub use mailing::{mail_findings, mail_server, mailer};
pub use measured::measured;
pub use secret_file::{changeable, exposed, folder_of, read_secret};
pub use serving::Serving;
pub use stopping::Stopping;
pub use telemetry::Telemetry;
