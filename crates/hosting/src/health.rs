//! Health and metrics, for operators alone: a listener of its own, which no proxy leads to.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use tokio::sync::Mutex;

/// Longer than a database that is well takes to answer.
const PATIENCE: Duration = Duration::from_secs(2);

type Troubles = dyn Fn() -> Pin<Box<dyn Future<Output = Vec<String>> + Send>> + Send + Sync;

/// What a process that serves says about itself.
#[derive(Clone)]
pub struct Health {
    /// Name of the newest migration of this program.
    schema: Option<&'static str>,
    troubles: Arc<Troubles>,
    metrics: PrometheusHandle,
    stopping: Arc<AtomicBool>,
    /// Held while somebody looks: one at a time, so that looks at a database that does not answer do
    /// not pile up.
    looking: Arc<Mutex<()>>,
}

impl Health {
    /// `troubles` tells, in words for operators, why the process should get no requests; nothing
    /// when it should. `schema` is the name of the newest migration that the program has.
    pub fn new<T>(
        schema: Option<&'static str>,
        metrics: PrometheusHandle,
        troubles: impl Fn() -> T + Send + Sync + 'static,
    ) -> Health
    where
        T: Future<Output = Vec<String>> + Send + 'static,
    {
        Health {
            schema,
            troubles: Arc::new(move || Box::pin(troubles())),
            metrics,
            stopping: Arc::default(),
            looking: Arc::default(),
        }
    }

    /// From now on the process is not ready, and never will be again.
    pub fn announce_end(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// `/livez`, `/readyz`, `/version`, `/metrics`.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/livez", get(|| async { "alive\n" }))
            .route("/readyz", get(ready))
            .route("/version", get(version))
            .route("/metrics", get(metrics))
            .with_state(self.clone())
    }

    /// Why the process should get no requests; empty when it should (S39).
    async fn troubles(&self) -> Vec<String> {
        if self.stopping.load(Ordering::Relaxed) {
            return vec!["stopping".to_owned()];
        }
        let looked = async {
            let turn = self.looking.clone().lock_owned().await;
            let troubles = (self.troubles)();
            // A task of its own: it comes to its end when we have lost patience.
            tokio::spawn(async move {
                let _turn = turn;
                troubles.await
            })
            .await
        };
        match tokio::time::timeout(PATIENCE, looked).await {
            Ok(Ok(troubles)) => troubles,
            Ok(Err(_)) | Err(_) => vec!["the database does not answer".to_owned()],
        }
    }
}

async fn ready(State(health): State<Health>) -> Response {
    let troubles = health.troubles().await;
    let status = if troubles.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({ "ready": troubles.is_empty(), "troubles": troubles });
    (status, Json(body)).into_response()
}

async fn version(State(health): State<Health>) -> Json<serde_json::Value> {
    Json(json!({ "version": env!("CARGO_PKG_VERSION"), "schema": health.schema }))
}

async fn metrics(State(health): State<Health>) -> Response {
    let text = health.metrics.render();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
