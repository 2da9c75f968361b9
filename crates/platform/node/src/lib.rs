//! A node of the platform: what it is configured with, its sites on their listener, its jobs, its
//! health. Any number of nodes may serve one database. What it shares with a partner's node is `hosting`.
//!
//! Architecture invariant: the sites are put together here and nowhere else, for `serve` and for the
//! demo alike.

mod audit_chain;
mod config;
pub mod defaults;
pub mod doctor;
mod health;
mod housekeeping;
mod jobs;
mod openapi;
mod shared_limits;
mod sites;

pub use config::{Config, Limits, Tokens, examine};
pub use health::health;
pub use jobs::jobs;
pub use openapi::{api_endpoints, openapi};
pub use sites::{api_site, app_center_site, both_sites};
