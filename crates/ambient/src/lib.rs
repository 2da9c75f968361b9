//! The clock and the source of randomness, passed in wherever they are needed.
//!
//! Nothing else in the project reads the time or draws random numbers; `clippy.toml` forbids it.
//! A handler takes one [`Clock::now`] per request and hands the value on, so that everything one
//! request decides, it decides at one instant.

mod clock;
mod entropy;

pub use clock::Clock;
pub use entropy::Entropy;
