use clap::Args;
use protocol::AppId;
use store::operator_changes;

use super::shown::ShownApp;
use super::{Common, find};
use crate::Failure;
use crate::opened::{self, operator};

/// `app disable` and `app enable`: which app.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The app's client id
    client_id: AppId,
}

pub async fn run(arguments: Arguments, enabled: bool) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    let mut tx = app.db.write().await?;
    let found = find(&mut tx, arguments.client_id).await?;
    let switched = (&found, enabled);
    operator_changes::enable_app(&app, &mut tx, switched, operator(&app)).await?;
    let changed = find(&mut tx, arguments.client_id).await?;
    let shown = ShownApp::load(&mut tx, changed).await?;
    tx.commit().await?;
    if arguments.common.json {
        println!("{}", serde_json::to_string(&shown)?);
    } else {
        let state = if enabled { "enabled" } else { "disabled" };
        println!("{} is {state}", shown.name);
    }
    Ok(())
}
