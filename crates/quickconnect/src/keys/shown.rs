use protocol::jose::SigningAlgorithm;
use serde::Serialize;
use store::key_rotation::changes_at;
use store::{App, signing_keys};

use crate::Failure;

/// A signing key, as every one of these commands shows it.
#[derive(Serialize)]
struct ShownKey {
    kid: String,
    algorithm: SigningAlgorithm,
    /// `published`, `signing`, `retired` or `removed`.
    state: &'static str,
    since: String,
    created_at: String,
    /// When it comes into its next state by itself.
    changes_at: Option<String>,
}

/// Prints all keys, oldest first.
pub async fn print(app: &App, json: bool) -> Result<(), Failure> {
    let mut tx = app.db.read().await?;
    let records = signing_keys::all(&mut tx).await?;
    let times = app.settings.key_times();
    let keys: Vec<ShownKey> = records
        .iter()
        .map(|key| ShownKey {
            kid: key.kid.clone(),
            algorithm: key.algorithm,
            state: key.state.as_str(),
            since: key.since.to_rfc3339(),
            created_at: key.created_at.to_rfc3339(),
            changes_at: changes_at(&records, key, times).map(|at| at.to_rfc3339()),
        })
        .collect();
    if json {
        println!("{}", serde_json::to_string(&keys)?);
        return Ok(());
    }
    for key in keys {
        let next = key.changes_at.map(|at| format!(", until {at}"));
        let (algorithm, state) = (key.algorithm.as_str(), key.state);
        let next = next.unwrap_or_default();
        println!(
            "{}  {algorithm:<6} {state:<10} since {}{next}",
            key.kid, key.since
        );
    }
    Ok(())
}
