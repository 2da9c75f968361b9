//! `quickconnect partner` as a partner deploys it: before a platform it shares nothing with.

mod any_moment;
mod doctor;
mod process;
mod slow_platform;
mod starting;
mod surviving;
mod two_platforms;

use process::{Partner, Served, app};
