use std::path::PathBuf;

use clap::Args;
use hosting::{Host, measured};
use node::examine;

use crate::stop_signal::stop_signal;
use crate::{Failure, findings, opened};

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
    let (config, telemetry) = findings::ready(examine(&arguments.config), |config| {
        (&config.log, &config.telemetry)
    })?;
    let metrics = measured()?;
    let app = opened::configured(&config).await?;
    let mut tx = app.db.write().await?;
    node::defaults::install(&mut tx, &app.settings.platform_name).await?;
    tx.commit().await?;
    let listeners = config.listeners();
    let key_secret_file = config.key_secret_file()?.to_owned();
    let sites = config.trusted_proxies.around(node::both_sites(&app));
    let [sites_at, health_at] = listeners;
    let host = Host {
        sites: vec![(sites_at.bind().await?, sites)],
        health_listener: health_at.bind().await?,
        health: node::health(&app, &key_secret_file, metrics),
        stopping: config.stopping,
    };
    let _jobs = node::jobs(&app);
    tracing::info!(listen = %config.listen, health.listen = %config.health_listen, "serving");
    let served = host.serve_until(stop_signal).await;
    telemetry.finish().await;
    Ok(served?)
}
