use clap::Args;
use protocol::AppId;
use serde::Serialize;
use store::app_secrets;

use super::shown::{ShownApp, ShownSecret};
use super::{Common, find};
use crate::{Failure, opened};

/// Print an app's settings, and which secrets it has
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The app's client id
    client_id: AppId,
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    app: ShownApp,
    secrets: Vec<ShownSecret>,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    let mut tx = app.db.read().await?;
    let registered = find(&mut tx, arguments.client_id).await?;
    let secrets = app_secrets::all(&mut tx, arguments.client_id).await?;
    let shown = Shown {
        app: ShownApp::load(&mut tx, registered).await?,
        secrets: secrets.into_iter().map(ShownSecret::from).collect(),
    };
    if arguments.common.json {
        println!("{}", serde_json::to_string(&shown)?);
        return Ok(());
    }
    shown.app.print();
    for secret in shown.secrets {
        println!(
            "{:<18}{} {}, made {}",
            "Secret", secret.id, secret.status, secret.created_at
        );
    }
    Ok(())
}
