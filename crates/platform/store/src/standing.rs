//! Whether a node can do its work, for the load balancer (S39).

use crate::{App, MIGRATIONS};

/// What is wrong, in words for operators; empty when nothing is. A database that a newer release has
/// migrated is well: releases follow each other while both serve (S40).
pub async fn troubles(app: &App) -> Vec<String> {
    match app.db.standing(MIGRATIONS).await {
        Ok(standing) if standing.pending.is_empty() => Vec::new(),
        Ok(standing) => standing.refusal().into_iter().collect(),
        Err(error) => vec![error.to_string()],
    }
}
