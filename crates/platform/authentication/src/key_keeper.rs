//! The job that looks after the signing keys.

use std::time::Duration;

use store::{App, key_rotation};

/// Between two rounds: how late this process notices what another one, or the command line, has
/// changed. Far below `Settings::key_margin`. Real time, also where the clock is virtual.
const ROUND: Duration = Duration::from_secs(5);

/// Rotates the signing keys when it is time to, until it is dropped: spawn it once for each process
/// that serves. While the database is away the keys that are held go on signing.
pub async fn keep_keys(app: App) {
    loop {
        if let Err(error) = key_rotation::rotate_if_due(&app, app.clock.now()).await {
            tracing::error!(reason = %error, "the signing keys could not be looked after");
        }
        tokio::time::sleep(ROUND).await;
    }
}
