use clap::Args;
use serde_json::json;
use store::{Listing, listings};

use super::Common;
use crate::{Failure, opened};

/// Print the catalogue, in its order
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    let mut tx = app.db.read().await?;
    let all = listings::all(&mut tx).await?;
    if arguments.common.json {
        let shown = |listing: &Listing| json!({ "id": listing.id, "client_id": listing.client_id, "name": listing.name });
        let all: Vec<_> = all.iter().map(shown).collect();
        println!("{}", serde_json::to_string(&all)?);
        return Ok(());
    }
    for listing in all {
        println!("{}  {}", listing.id, listing.name);
    }
    Ok(())
}
