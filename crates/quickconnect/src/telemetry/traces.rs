//! The spans of requests, exported in batches by OTLP over HTTP. Nothing else is: no event, and no
//! span of a library, so that what a span may say is decided in one place, `web::request_span`.

mod collector;
mod named;

use std::time::Duration;

use hosting::Telemetry;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::Place;
use crate::Failure;
use collector::Collector;
use named::Named;

/// So long an export may take, and what is left when the server stops.
const PATIENCE: Duration = Duration::from_secs(5);

pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// `None` where the operator named no place for them.
    pub fn start(telemetry: &Telemetry) -> Result<Option<Traces>, Failure> {
        let Some(endpoint) = &telemetry.traces_endpoint else {
            return Ok(None);
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::new(PATIENCE)?)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint)
            .with_timeout(PATIENCE)
            .build()?;
        let service = Resource::builder()
            .with_service_name(telemetry.service_name.clone())
            .build();
        let provider = SdkTracerProvider::builder()
            .with_resource(service)
            .with_sampler(Sampler::TraceIdRatioBased(telemetry.sample_ratio))
            .with_batch_exporter(exporter)
            .build();
        Ok(Some(Traces { provider }))
    }

    /// What takes the spans of requests, and what completes them from the log.
    pub fn places(&self) -> [Place; 2] {
        let spans = Targets::new().with_target(web::REQUEST_SPAN, LevelFilter::INFO);
        let exported = tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("quickconnect"))
            .with_location(false)
            .with_target(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(spans);
        [exported.boxed(), Named::layer()]
    }

    /// Sends what waits, for a short time at most.
    pub async fn finish(self) {
        let end = move || self.provider.shutdown_with_timeout(PATIENCE);
        if let Ok(Err(error)) = tokio::task::spawn_blocking(end).await {
            tracing::warn!(reason = %error, "the last spans were not exported");
        }
    }
}
