//! Whether a node can do its work, for the load balancer (S39).

use crate::{App, MIGRATIONS};

/// What is wrong, in words for operators; empty when nothing is.
pub async fn troubles(app: &App) -> Vec<String> {
    match schema_is_current(app).await {
        Ok(true) => Vec::new(),
        Ok(false) => vec!["the database's tables are those of another release".to_owned()],
        Err(error) => vec![error.to_string()],
    }
}

async fn schema_is_current(app: &App) -> Result<bool, db::Error> {
    let mut tx = app.db.read().await?;
    let rows = tx.query("SELECT name FROM schema_migrations", &[]).await?;
    Ok(rows.len() == MIGRATIONS.len())
}
