use clap::Args;
use store::apps;

use super::Common;
use super::shown::ShownApp;
use crate::{Failure, opened};

/// Print all apps, by name
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    let mut tx = app.db.read().await?;
    let mut all = Vec::new();
    for registered in apps::all(&mut tx).await? {
        all.push(ShownApp::load(&mut tx, registered).await?);
    }
    if arguments.common.json {
        println!("{}", serde_json::to_string(&all)?);
        return Ok(());
    }
    for app in all {
        let state = if app.enabled { "" } else { "  disabled" };
        println!("{}  {}{state}", app.client_id, app.name);
    }
    Ok(())
}
