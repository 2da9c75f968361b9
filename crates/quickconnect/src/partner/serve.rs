use std::path::Path;

use hosting::{Host, listen, measured};
use partner_node::Config;

use crate::stop_signal::stop_signal;
use crate::{Failure, opened, telemetry};

/// Serves the partner until it is told to stop.
pub async fn run(file: &Path) -> Result<(), Failure> {
    let config = Config::read(file)?;
    let telemetry = telemetry::start_as(&config.log, &config.telemetry)?;
    let metrics = measured()?;
    let node = opened::partner(&config).await?;
    if let Some(marker) = &config.marker_file {
        node.vault.marked_by(marker).await?;
    }
    let mut sites = vec![(listen(config.listen).await?, node.pages(&config))];
    if let (Some(settings), Some(site)) = (&config.broker, node.broker_site(&config)) {
        sites.push((listen(settings.listen).await?, site));
    }
    let host = Host {
        sites,
        health_listener: listen(config.health_listen).await?,
        health: partner_node::health(&node, metrics),
        stopping: config.stopping.clone(),
    };
    let _jobs = partner_node::jobs(&node);
    tracing::info!(
        listen = %config.listen, health.listen = %config.health_listen,
        broker.listen = config.broker.as_ref().map(|broker| broker.listen.to_string()), "serving"
    );
    let served = host.serve_until(stop_signal).await;
    telemetry.finish().await;
    served?;
    // What was counted in memory since the keeper's last round.
    Ok(node.vault.flush_usage().await?)
}
