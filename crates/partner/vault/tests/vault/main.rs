//! The vault, in front of platforms that answer by a script or by a rule.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod audit_log;
mod broker;
mod flows;
mod house;
mod keys;
mod platform;
mod processes;
mod refusals;
mod restored;
mod secrets;
mod stage;
mod standing;
mod telling;
mod two_platforms;
mod usage;
mod year;
