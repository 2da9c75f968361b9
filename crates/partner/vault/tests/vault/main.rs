//! The vault, in front of platforms that answer by a script or by a rule.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod broker;
mod flows;
mod stage;
