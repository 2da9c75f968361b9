use hosting::Health;
use metrics_exporter_prometheus::PrometheusHandle;
use store::App;

/// What a node says about itself (S39).
pub fn health(app: &App, metrics: PrometheusHandle) -> Health {
    let newest = store::MIGRATIONS.last().map(|migration| migration.name);
    let app = app.clone();
    Health::new(newest, metrics, move || {
        let app = app.clone();
        async move { store::standing::troubles(&app).await }
    })
}
