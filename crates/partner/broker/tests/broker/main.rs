//! The broker, over HTTP, in front of a platform.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod answers;
mod memory;
mod stage;
