//! What tests stand on: a platform and a partner in one process, a client of the wire, a browser.

pub mod browser;
mod house;
mod operator;
mod outbox;
pub mod smtp;
mod visitor;
mod wire;

pub use house::House;
pub use visitor::{Visitor, hidden, parameter};
pub use wire::Answer;
