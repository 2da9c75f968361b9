//! A node of the platform: what it is configured with, its sites on their listener, its jobs, its
//! health. Any number of nodes may serve one database.
//!
//! Architecture invariant: the sites are put together here and nowhere else, for `serve` and for the
//! demo alike.

mod audit_chain;
mod config;
pub mod defaults;
mod forwarded;
mod health;
mod housekeeping;
mod key_secret;
mod openapi;
mod serving;
mod sites;

pub use config::{Config, ConfigError, Limits, LogFormat, Logging, Stopping, Tokens};
pub use forwarded::TrustedProxies;
pub use health::Health;
pub use key_secret::{KeySecret, KeySecretError};
pub use openapi::{api_endpoints, openapi};
pub use serving::{Serving, jobs};
pub use sites::{api_site, app_center_site, both_sites};
