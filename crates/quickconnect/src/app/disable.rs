use clap::Args;
use protocol::AppId;
use store::{apps, redirect_uris};

use super::shown::ShownApp;
use super::{Common, find};
use crate::{Failure, opened};

/// Switch an app off: it gets no tokens, and those it has open nothing
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The app's client id
    client_id: AppId,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.data_dir).await?;
    let mut tx = app.db.write().await?;
    find(&mut tx, arguments.client_id).await?;
    apps::set_enabled(&mut tx, arguments.client_id, false).await?;
    let changed = find(&mut tx, arguments.client_id).await?;
    let uris = redirect_uris::all(&mut tx, arguments.client_id).await?;
    tx.commit().await?;
    let shown = ShownApp::new(changed, uris);
    if arguments.common.json {
        println!("{}", serde_json::to_string(&shown)?);
    } else {
        println!("{} is disabled", shown.name);
    }
    Ok(())
}
