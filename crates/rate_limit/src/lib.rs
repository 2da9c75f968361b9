//! How often somebody may try (S29).
//!
//! A limit counts in memory and asks nobody: a safety net against guessing and against programs that
//! loop, never the only thing that protects a secret. [`Limits`] are those of a process that other
//! processes count with: what was used is taken out now and then, added to what the others used, and
//! the sum put back, by `store`, which has the table. Where that fails, each counts for itself.

mod bucket;
mod limits;
mod rate_limit;

pub use limits::{Limits, Total, Use};
pub use rate_limit::RateLimit;
