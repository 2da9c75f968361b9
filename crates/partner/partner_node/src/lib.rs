//! A node of the partner: what it is configured with, its sites on their listeners, its jobs, its
//! health. Any number of nodes may serve one database. What it shares with the platform's node is
//! `hosting`.
//!
//! Architecture invariant: it speaks to a platform over the wire and knows no platform crate, so it
//! stands before any platform that speaks so.

mod alerts;
mod apps;
mod broker_settings;
mod config;
pub mod doctor;
mod health;
mod inquiries;
mod jobs;
mod keeper;
mod listeners;
mod node;
mod parts;
mod platform;

use hosting::ConfigError;

pub use config::{Config, examine, refusal};
pub use health::health;
pub use jobs::jobs;
pub use listeners::Listeners;
pub use node::Node;

/// A mistake in a key of the configuration.
fn wrong(about: &'static str, says: impl Into<String>) -> ConfigError {
    let what = "correct it; docs/operate/partner.md describes every key";
    ConfigError::about(about, says, what)
}
