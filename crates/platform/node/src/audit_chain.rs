//! The job that chains the audit log.

use std::time::Duration;

use store::{App, audit};

/// Between two rounds. Real time, also where the clock is virtual.
const ROUND: Duration = Duration::from_secs(2);

/// Chains what was committed until it is dropped: spawn it once for each process that serves. Only
/// one of them works at a time.
pub async fn chain_audit(app: App) {
    loop {
        match audit::seal(&app, app.clock.now()).await {
            Ok(Some(chained)) if chained > 0 => continue,
            Ok(_) => {}
            Err(error) => {
                tracing::error!(reason = %error, "the audit log could not be chained");
            }
        }
        tokio::time::sleep(ROUND).await;
    }
}
