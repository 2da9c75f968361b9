//! Where the log goes: standard error, one line an event. What cannot be written there is lost: the
//! subscriber would tell of it there as well, and that ends the request on a disk that is full.
//! And where the spans of requests go, in builds with the feature `otel`.

#[cfg(feature = "otel")]
mod traces;

use hosting::{LogFormat, Logging, Telemetry};
use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

use crate::Failure;

/// Something that events, or spans, go to.
type Place = Box<dyn Layer<Registry> + Send + Sync>;

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

/// For servers: what changes, each request where the operator wants that, and its span where the
/// operator named a place for it.
pub fn start_as(log: &Logging, telemetry: &Telemetry) -> Result<Started, Failure> {
    #[cfg_attr(not(feature = "otel"), expect(unused_mut))]
    let mut places = vec![lines(log)];
    telemetry.check()?;
    #[cfg(feature = "otel")]
    let traces = traces::Traces::start(telemetry)?;
    #[cfg(feature = "otel")]
    places.extend(traces.iter().flat_map(traces::Traces::places));
    tracing_subscriber::registry().with(places).init();
    Ok(Started {
        #[cfg(feature = "otel")]
        traces,
    })
}

/// What a server has to bring to its end.
#[must_use]
pub struct Started {
    #[cfg(feature = "otel")]
    traces: Option<traces::Traces>,
}

impl Started {
    /// When all requests have been answered.
    pub async fn finish(self) {
        #[cfg(feature = "otel")]
        if let Some(traces) = self.traces {
            traces.finish().await;
        }
    }
}

fn lines(log: &Logging) -> Place {
    let mut filter = filter(LevelFilter::INFO);
    if !log.requests {
        filter = filter.add_directive("web::site=warn".parse().expect("a directive"));
    }
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .log_internal_errors(false);
    match log.format {
        LogFormat::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
        LogFormat::Text => lines.with_filter(filter).boxed(),
    }
}

/// Lines are about events; the span around a request is for traces alone.
fn filter(level: LevelFilter) -> EnvFilter {
    let without_spans = format!("{}=off", web::REQUEST_SPAN);
    EnvFilter::builder()
        .with_default_directive(level.into())
        .from_env_lossy()
        .add_directive(without_spans.parse().expect("a directive"))
}
