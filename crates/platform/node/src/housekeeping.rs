//! The job that removes what has expired.

use std::time::Duration;

use store::{App, housekeeping};

/// Between two rounds. Real time, also where the clock is virtual.
const ROUND: Duration = Duration::from_secs(60);
/// Between two batches of one round: others write, too.
const PAUSE: Duration = Duration::from_millis(50);

/// Sweeps until it is dropped: spawn it once for each process that serves. Only one of them works at
/// a time.
pub async fn keep_house(app: App) {
    loop {
        round(&app).await;
        tokio::time::sleep(ROUND).await;
    }
}

async fn round(app: &App) {
    loop {
        match housekeeping::sweep(app, app.clock.now()).await {
            Ok(None) => return,
            Ok(Some(swept)) => {
                for (expiring, gone) in &swept {
                    metrics::counter!("expired_rows_removed_total", "table" => expiring.table())
                        .increment(*gone);
                }
                let full = housekeeping::BATCH.unsigned_abs();
                if swept.iter().all(|(_, gone)| *gone < full) {
                    return;
                }
            }
            Err(error) => {
                tracing::error!(reason = %error, "expired rows could not be removed");
                return;
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}
