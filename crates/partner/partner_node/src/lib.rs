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
mod health;
mod inquiries;
mod jobs;
mod keeper;
mod node;
mod platform;

pub use config::Config;
pub use health::health;
pub use jobs::jobs;
pub use node::Node;
