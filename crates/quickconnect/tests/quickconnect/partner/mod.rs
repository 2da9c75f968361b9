//! `quickconnect partner` as a partner deploys it: before a platform it shares nothing with.

mod process;
mod starting;
mod surviving;
mod two_platforms;

use process::{Partner, Served, app};
