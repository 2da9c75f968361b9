//! The customers' site through its front door.

mod connecting;
mod ending;
mod looking;
mod requests;
mod seed;
mod signing_in;
mod world;
