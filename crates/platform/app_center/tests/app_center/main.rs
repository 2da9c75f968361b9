//! The customers' site through its front door.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod administration;
mod connecting;
mod ending;
mod looking;
mod requests;
mod seed;
mod signing_in;
mod step_up;
mod unlisted;
mod world;
