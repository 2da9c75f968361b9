use std::path::PathBuf;

use clap::Args;
use hosting::{Host, listen, measured};
use node::Config;

use crate::stop_signal::stop_signal;
use crate::{Failure, opened, telemetry};

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
    let metrics = measured()?;
    let app = opened::configured(&config).await?;
    let mut tx = app.db.write().await?;
    node::defaults::install(&mut tx, &app.settings.platform_name).await?;
    tx.commit().await?;
    let sites = config.trusted_proxies.around(node::both_sites(&app));
    let host = Host {
        sites: vec![(listen(config.listen).await?, sites)],
        health_listener: listen(config.health_listen).await?,
        health: node::health(&app, metrics),
        stopping: config.stopping,
    };
    let _jobs = node::jobs(&app);
    tracing::info!(listen = %config.listen, health.listen = %config.health_listen, "serving");
    Ok(host.serve_until(stop_signal).await?)
}
