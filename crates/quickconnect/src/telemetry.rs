//! Where the log goes: standard error, one line an event.

use tracing_subscriber::filter::{EnvFilter, LevelFilter};

/// `verbose` logs every request; otherwise only what went wrong.
pub fn start(verbose: bool) {
    let level = if verbose {
        LevelFilter::INFO
    } else {
        LevelFilter::WARN
    };
    let filter = EnvFilter::builder()
        .with_default_directive(level.into())
        .from_env_lossy();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
