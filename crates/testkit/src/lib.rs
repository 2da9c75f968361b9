//! What tests stand on: a platform and a partner in one process, a client of the wire, a browser.

pub mod browser;
mod house;
mod operator;
mod outbox;
pub mod smtp;
mod wire;

pub use house::House;
pub use wire::Answer;
