use std::path::{Path, PathBuf};

use clap::Args;
use hosting::{Host, Verdict, measured};
use node::{Config, examine};

use crate::stop_signal::stop_signal;
use crate::telemetry::Started;
use crate::{Failure, findings, opened, telemetry};

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
    let (config, telemetry) = read(&arguments.config)?;
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

/// The configuration, if `config check` finds nothing that does not work; from then on there is a log.
fn read(path: &Path) -> Result<(Config, Started), Failure> {
    let (config, found) = examine(path);
    findings::refuse(&found)?;
    let config = config.ok_or("the configuration cannot be read")?;
    let telemetry = telemetry::start_as(&config.log, &config.telemetry)?;
    for finding in found {
        if finding.verdict == Verdict::Warning {
            tracing::warn!(finding.about, "{finding}");
        }
    }
    Ok((config, telemetry))
}
