use clap::{Args, Subcommand};
use protocol::Timestamp;
use secrecy::ExposeSecret;
use serde_json::json;
use uuid::Uuid;
use vault::ApiKey;

use super::{Common, app};
use crate::Failure;

/// Keys with which the partner's own programs ask the broker
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(Create),
    /// Print the keys of an app, revoked ones too. The keys themselves are not kept
    List(OfApp),
    Revoke(Revoke),
}

/// Make a key for the connections of one app, and print it
///
/// The key is shown only here.
#[derive(Args)]
struct Create {
    #[command(flatten)]
    of: OfApp,
    /// The program that will hold it
    #[arg(long)]
    name: String,
}

#[derive(Args)]
struct OfApp {
    #[command(flatten)]
    common: Common,
    /// The app's slug
    #[arg(long, value_name = "SLUG")]
    app: String,
}

/// From now on the key opens nothing, in any process
#[derive(Args)]
struct Revoke {
    #[command(flatten)]
    of: OfApp,
    /// The key's id
    id: Uuid,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Create(arguments) => create(arguments).await,
        Command::List(arguments) => list(arguments).await,
        Command::Revoke(arguments) => revoke(arguments).await,
    }
}

async fn create(arguments: Create) -> Result<(), Failure> {
    let node = arguments.of.common.partner.open().await?;
    let client = app(&node, &arguments.of.app)?.client_id;
    let issued = node
        .vault
        .issue_api_key(client, &arguments.name, "command line");
    let issued = issued.await?;
    let key = issued.key.expose_secret();
    if arguments.of.common.json {
        println!(
            "{}",
            json!({ "id": issued.id, "app": arguments.of.app, "key": key })
        );
    } else {
        println!("{:<10}{}", "Id", issued.id);
        println!("{:<10}{key}", "Key");
        println!("\nThe key is shown only here.");
    }
    Ok(())
}

async fn list(arguments: OfApp) -> Result<(), Failure> {
    let node = arguments.common.partner.open().await?;
    let keys = node
        .vault
        .api_keys(app(&node, &arguments.app)?.client_id)
        .await?;
    if arguments.common.json {
        let time = |at: Option<Timestamp>| at.map(|at| at.to_rfc3339());
        let shown = |key: &ApiKey| {
            json!({
                "id": key.id, "name": key.name, "created_at": key.created_at.to_rfc3339(),
                "last_used_at": time(key.last_used_at), "revoked_at": time(key.revoked_at),
            })
        };
        println!(
            "{}",
            serde_json::to_string(&keys.iter().map(shown).collect::<Vec<_>>())?
        );
        return Ok(());
    }
    for key in keys {
        let used = key
            .last_used_at
            .map(|at| format!("used {}", at.to_rfc3339()));
        let used = used.unwrap_or_else(|| "never used".to_owned());
        let revoked = if key.revoked_at.is_some() {
            ", revoked"
        } else {
            ""
        };
        println!("{}  {}  {used}{revoked}", key.id, key.name);
    }
    Ok(())
}

async fn revoke(arguments: Revoke) -> Result<(), Failure> {
    let node = arguments.of.common.partner.open().await?;
    let client = app(&node, &arguments.of.app)?.client_id;
    if !node.vault.revoke_api_key(client, arguments.id).await? {
        return Err(format!("{} has no live key {}", arguments.of.app, arguments.id).into());
    }
    if arguments.of.common.json {
        println!("{}", json!({ "id": arguments.id, "revoked": true }));
    } else {
        println!("The key {} is revoked", arguments.id);
    }
    Ok(())
}
