//! What every process that serves has, the platform's node and the partner's alike: a configuration
//! of TOML and environment, secrets in files, listeners, health and metrics for operators, and an
//! end in which requests that have begun are answered.

mod config;
mod database;
mod exact_origin;
mod finding;
mod forwarded;
mod health;
mod host;
mod key_secret;
mod logging;
mod measured;
mod secret_file;
mod serving;
mod stopping;
mod telemetry;

pub use config::{ConfigError, overruling, parse, read};
pub use database::NamedDatabase;
pub use exact_origin::ExactOrigin;
pub use finding::{Finding, Verdict};
pub use forwarded::TrustedProxies;
pub use health::Health;
pub use host::{Host, listen};
pub use key_secret::{KeySecret, KeySecretError};
pub use logging::{LogFormat, Logging};
pub use measured::measured;
pub use secret_file::{exposed, read_secret};
pub use serving::Serving;
pub use stopping::Stopping;
pub use telemetry::Telemetry;
