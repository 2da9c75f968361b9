//! Where the log goes: standard error, one line an event. What cannot be written there is lost: the
//! subscriber would tell of it there as well, and that ends the request on a disk that is full.

use hosting::{LogFormat, Logging};
use tracing_subscriber::filter::{EnvFilter, LevelFilter};

/// For commands: `verbose` logs every request; otherwise only what went wrong.
pub fn start(verbose: bool) {
    let level = if verbose {
        LevelFilter::INFO
    } else {
        LevelFilter::WARN
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter(level))
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .init();
}

/// For servers: what changes, and each request where the operator wants that.
pub fn start_as(log: &Logging) {
    let mut filter = filter(LevelFilter::INFO);
    if !log.requests {
        let quiet = "web::site=warn".parse();
        filter = filter.add_directive(quiet.expect("a directive"));
    }
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false);
    match log.format {
        LogFormat::Json => lines.json().flatten_event(true).init(),
        LogFormat::Text => lines.init(),
    }
}

fn filter(level: LevelFilter) -> EnvFilter {
    EnvFilter::builder()
        .with_default_directive(level.into())
        .from_env_lossy()
}
