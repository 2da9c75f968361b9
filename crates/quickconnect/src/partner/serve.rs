use std::path::Path;

use hosting::{Host, measured};
use partner_node::examine;

use crate::stop_signal::stop_signal;
use crate::{Failure, findings, opened};

/// Serves the partner until it is told to stop.
pub async fn run(file: &Path) -> Result<(), Failure> {
    let (config, telemetry) =
        findings::ready(examine(file), |config| (&config.log, &config.telemetry))?;
    let metrics = measured()?;
    let node = opened::partner(&config).await?;
    if let Some(marker) = &config.marker_file {
        node.vault.marked_by(marker).await?;
    }
    let listeners = config.listeners();
    let mut sites = vec![(listeners.pages.bind().await?, node.pages(&config))];
    if let (Some(at), Some(site)) = (listeners.broker, node.broker_site(&config)) {
        sites.push((at.bind().await?, site));
    }
    let host = Host {
        sites,
        health_listener: listeners.health.bind().await?,
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
