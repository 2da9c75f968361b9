use clap::Args;
use protocol::AppId;
use secrecy::ExposeSecret;
use serde_json::json;
use store::SecretRotation;

use super::{Common, find};
use crate::Failure;
use crate::opened::{self, operator};

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
    let rotation = SecretRotation {
        app: &app,
        client: client_id,
        by: operator(&app),
    };
    let (secret, record) = rotation.create(&mut tx, true).await?;
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
