use clap::Args;
use protocol::AppId;
use secrecy::ExposeSecret;
use serde_json::json;
use store::app_secrets;

use super::{Common, find};
use crate::{Failure, opened};

/// Make a further client secret for an app, and print it
///
/// It is active at once, and the others stay so. The secret is shown only here.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// The app's client id
    client_id: AppId,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    let client_id = arguments.client_id;
    let mut tx = app.db.write().await?;
    find(&mut tx, client_id).await?;
    if app_secrets::all(&mut tx, client_id).await?.len() >= app_secrets::SECRET_LIMIT {
        return Err("the app has ten secrets, and can have no more: let it delete one".into());
    }
    let now = app.clock.now();
    let (secret, record) = app_secrets::make(&app, &mut tx, client_id, true, now).await?;
    tx.commit().await?;
    let secret = secret.expose_secret();
    if arguments.common.json {
        let made = json!({
            "client_id": client_id, "client_secret": secret, "secret_id": record.id,
        });
        println!("{made}");
    } else {
        println!("{:<18}{secret}", "Client secret");
        println!("\nIt is shown only here.");
    }
    Ok(())
}
