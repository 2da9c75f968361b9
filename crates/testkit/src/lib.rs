//! What tests stand on: a platform and a partner in one process, actors, a browser

pub mod browser;
