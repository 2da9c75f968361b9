//! A platform and a partner on one machine: what they start from, and how they are put together.

mod data_dir;
mod demo;
mod facts;
mod listings;
pub mod outbox;
mod partner_page;
mod partner_side;
mod people;
mod platform_side;
mod ports;
mod reports;
mod seeds;
mod texts;

pub use data_dir::{DataDir, DataDirError};
pub use demo::{Demo, DemoError, DemoOptions};
pub use facts::{AppFacts, CodeFacts, CompanyFacts, Facts, UserFacts};
pub use partner_side::{STAFF_EMAIL, STAFF_PASSWORD};
pub use people::PASSWORD;
pub use platform_side::open_platform;
pub use ports::Ports;
