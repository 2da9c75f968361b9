use hosting::Health;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::{Node, refusal};

/// What a partner's node says about itself (S39). A database that a newer release has expanded is
/// well: releases follow each other while both serve.
pub fn health(node: &Node, metrics: PrometheusHandle) -> Health {
    let newest = vault::MIGRATIONS.last().map(|migration| migration.name);
    let db = node.db.clone();
    Health::new(newest, metrics, move || {
        let db = db.clone();
        async move {
            match db.standing(vault::MIGRATIONS).await {
                Ok(standing) => refusal(&standing).into_iter().collect(),
                Err(error) => vec![error.to_string()],
            }
        }
    })
}
