//! What tests stand on: a platform and a partner in one process, a client of the wire, a browser.

pub mod browser;
mod house;
mod operator;
mod outbox;
mod second_node;
pub mod smtp;
mod visitor;
mod wire;

pub use house::House;
pub use second_node::SecondNode;
pub use test_database::{Network, Proxy};
pub use visitor::{Visitor, boxed, hidden, parameter};
pub use wire::Answer;
