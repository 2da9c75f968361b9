//! The clock and the source of randomness, passed in wherever they are needed.
//!
//! Nothing else in the project reads the time or draws random numbers; `clippy.toml` forbids it.
//! A handler takes one [`Clock::now`] per request and hands the value on, so that everything one
//! request decides, it decides at one instant.
//!
//! Beside them stands what tests need to prove that a crash loses nothing: [`Failpoint`].

mod clock;
mod entropy;
mod failpoint;
mod skew;

pub use clock::Clock;
pub use entropy::Entropy;
pub use failpoint::Failpoint;
pub use skew::{CLOCK_SKEW, Skew};
