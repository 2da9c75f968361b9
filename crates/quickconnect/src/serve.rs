use std::path::PathBuf;

use clap::Args;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use node::{Config, Health, Serving};
use tokio::net::TcpListener;

use crate::stop_signal::stop_signal;
use crate::{Failure, opened, telemetry};

/// Upper ends of the classes that durations are counted in, in seconds.
const DURATIONS: &[f64] = &[
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Serve the platform: App Center, authentication service and data APIs
///
/// Any number of such processes may serve one database.
#[derive(Args)]
pub struct Arguments {
    /// The configuration, as docs/operate/configuration.md describes it
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let config = Config::read(&arguments.config)?;
    telemetry::start_as(&config.log);
    let metrics = metrics()?;
    let app = opened::configured(&config).await?;
    let mut tx = app.db.write().await?;
    node::defaults::install(&mut tx, &app.settings.platform_name).await?;
    tx.commit().await?;
    let listener = listen(config.listen).await?;
    let health_listener = listen(config.health_listen).await?;

    let sites = config
        .trusted_proxies
        .clone()
        .around(node::both_sites(&app));
    let health = Health::new(app.clone(), metrics);
    let mut serving = Serving::start([(listener, sites)]);
    let mut for_operators = Serving::start([(health_listener, health.routes())]);
    let jobs = node::jobs(&app);
    tracing::info!(listen = %config.listen, health.listen = %config.health_listen, "serving");

    tokio::select! {
        error = serving.failure() => return Err(error.into()),
        error = for_operators.failure() => return Err(error.into()),
        () = stop_signal() => {}
    }
    health.announce_end();
    tracing::info!("told to stop: not ready any longer");
    tokio::select! {
        () = tokio::time::sleep(config.stopping.announce()) => {}
        // Told twice: whoever it is does not want to wait.
        () = stop_signal() => {}
    }
    let all = serving.finish(config.stopping.finish()).await;
    drop(jobs);
    for_operators
        .finish(std::time::Duration::from_secs(1))
        .await;
    tracing::info!(all_requests_answered = all, "stopped");
    Ok(())
}

async fn listen(address: std::net::SocketAddr) -> Result<TcpListener, Failure> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| format!("{address} cannot be listened on: {error}").into())
}

fn metrics() -> Result<PrometheusHandle, Failure> {
    let durations = Matcher::Suffix("_duration_seconds".to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(durations, DURATIONS)?;
    Ok(builder.install_recorder()?)
}
