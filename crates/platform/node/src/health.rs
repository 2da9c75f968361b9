use std::path::Path;

use hosting::{Health, KeySecret};
use metrics_exporter_prometheus::PrometheusHandle;
use store::{App, standing};

/// What a node says about itself (S39). The key-encryption secret is read anew each time: a node
/// that could not start again is not ready.
pub fn health(app: &App, key_secret_file: &Path, metrics: PrometheusHandle) -> Health {
    let newest = store::migrations().last().map(|migration| migration.name);
    let (app, file) = (app.clone(), key_secret_file.to_owned());
    Health::new(newest, metrics, move || {
        let (app, file) = (app.clone(), file.clone());
        async move {
            metrics::gauge!("signing_keys_age_seconds").set(app.keys_age().as_secs_f64());
            match KeySecret::read(&file) {
                Ok(secret) => standing::troubles(&app, Some(secret.bytes())).await,
                Err(error) => {
                    let others = standing::troubles(&app, None).await;
                    [vec![error.to_string()], others].concat()
                }
            }
        }
    })
}
