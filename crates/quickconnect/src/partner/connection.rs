use clap::{Args, Subcommand};
use partner_node::Node;
use serde_json::{Value, json};
use uuid::Uuid;
use vault::{Connection, Parting};

use super::{Common, app};
use crate::Failure;

/// Customers' connections
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print the connections of an app, by company
    List(OfApp),
    /// Print one connection
    Show(Named),
    /// Print everything that is kept about a customer, as JSON, but no secret
    Export(Named),
    /// End a connection on both sides; its history stays
    Disconnect(Named),
    /// End a connection on both sides, destroy its keys and remove everything about the customer
    Delete(Named),
}

#[derive(Args)]
struct OfApp {
    #[command(flatten)]
    common: Common,
    /// The app's slug
    #[arg(long, value_name = "SLUG")]
    app: String,
}

#[derive(Args)]
struct Named {
    #[command(flatten)]
    of: OfApp,
    /// The id of the company, or of the user where the app connects users
    company: Uuid,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::List(arguments) => list(arguments).await,
        Command::Show(arguments) => show(arguments).await,
        Command::Export(arguments) => export(arguments).await,
        Command::Disconnect(arguments) => end(arguments, false).await,
        Command::Delete(arguments) => end(arguments, true).await,
    }
}

async fn list(arguments: OfApp) -> Result<(), Failure> {
    const BATCH: i64 = 500;
    let node = arguments.common.partner.open().await?;
    let client = app(&node, &arguments.app)?.client_id;
    let mut after = None;
    loop {
        let batch = node.vault.connections_of_app(client, after, BATCH).await?;
        after = batch.last().map(|connection| connection.principal);
        for connection in &batch {
            if arguments.common.json {
                println!("{}", shown(connection));
            } else {
                let name = connection.name.as_deref().unwrap_or("");
                let state = connection.state.as_str();
                println!("{}  {state:<16} {name}", connection.principal);
            }
        }
        if batch.len() < usize::try_from(BATCH)? {
            return Ok(());
        }
    }
}

/// One line of JSON for each connection.
fn shown(connection: &Connection) -> Value {
    json!({
        "company": connection.principal,
        "name": connection.name,
        "state": connection.state.as_str(),
        "since": connection.state_since.to_rfc3339(),
        "geolocation": connection.geolocation.as_str(),
        "scope": connection.scope,
        "connected_at": connection.connected_at.to_rfc3339(),
        "last_refreshed_at": connection.last_refreshed_at.to_rfc3339(),
        "expires_at": connection.refresh_expires_at.map(|at| at.to_rfc3339()),
        "failing_since": connection.failing_since.map(|at| at.to_rfc3339()),
        "failure": connection.failure,
    })
}

async fn find(node: &Node, arguments: &Named) -> Result<Connection, Failure> {
    let client = app(node, &arguments.of.app)?.client_id;
    let found = node.vault.connection_of(client, arguments.company).await?;
    found.ok_or_else(|| {
        let slug = &arguments.of.app;
        format!("{slug} has no connection with {}", arguments.company).into()
    })
}

async fn show(arguments: Named) -> Result<(), Failure> {
    let node = arguments.of.common.partner.open().await?;
    let shown = shown(&find(&node, &arguments).await?);
    if arguments.of.common.json {
        println!("{shown}");
        return Ok(());
    }
    for (name, value) in shown.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(String::new, str::to_owned);
        println!("{:<18}{text}", name.replace('_', " "));
    }
    Ok(())
}

async fn export(arguments: Named) -> Result<(), Failure> {
    let node = arguments.of.common.partner.open().await?;
    let connection = find(&node, &arguments).await?;
    let everything = node
        .vault
        .export(connection.app, connection.principal)
        .await?;
    println!("{:#}", everything.unwrap_or(Value::Null));
    Ok(())
}

async fn end(arguments: Named, delete: bool) -> Result<(), Failure> {
    let node = arguments.of.common.partner.open().await?;
    let connection = find(&node, &arguments).await?;
    let parting = if delete {
        node.broker
            .erase(connection.app, connection.principal)
            .await
    } else {
        node.broker
            .disconnect(connection.id)
            .await
            .map_err(Into::into)
    };
    let parting = parting.map_err(|error| error.to_string())?;
    let done = match (&parting, delete) {
        (Parting::Done, false) => "is disconnected",
        (Parting::Done, true) => "is disconnected, and everything about it is removed",
        (Parting::Later(_), _) => {
            "gets no tokens any more; the platform has not confirmed yet, and partner goes on asking"
        }
    };
    if arguments.of.common.json {
        let (state, why) = match &parting {
            Parting::Done => ("done", None),
            Parting::Later(refusal) => ("under_way", Some(refusal.to_string())),
        };
        println!(
            "{}",
            json!({ "company": arguments.company, "state": state, "reason": why })
        );
    } else {
        println!("{} {done}", arguments.company);
    }
    Ok(())
}
