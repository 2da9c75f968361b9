use serde::Serialize;
use store::{App, not_before};

use crate::Failure;

/// An instant that is set, as every one of these commands shows it.
#[derive(Serialize)]
struct Shown {
    /// `null` for the whole platform.
    data_center: Option<String>,
    issued_before: String,
    refresh_tokens: bool,
}

/// Prints all that are set.
pub async fn print(app: &App, json: bool) -> Result<(), Failure> {
    let mut tx = app.db.read().await?;
    let all = not_before::all(&mut tx).await?.into_iter();
    let all: Vec<Shown> = all
        .map(|one| Shown {
            data_center: one.data_center,
            issued_before: one.issued_before.to_rfc3339(),
            refresh_tokens: one.refresh_tokens,
        })
        .collect();
    if json {
        println!("{}", serde_json::to_string(&all)?);
        return Ok(());
    }
    for one in all {
        let place = one.data_center.as_deref().unwrap_or("everywhere");
        let tokens = match one.refresh_tokens {
            true => "access and refresh tokens",
            false => "access tokens",
        };
        println!("{place:<12}{}  {tokens}", one.issued_before);
    }
    Ok(())
}
