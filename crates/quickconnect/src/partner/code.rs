use std::time::Duration;

use clap::{Args, Subcommand};
use protocol::DAY;
use secrecy::ExposeSecret;
use serde_json::json;
use uuid::Uuid;
use vault::{NewCode, VerificationCode};

use super::{Common, app, slug};
use crate::Failure;

/// Verification codes, which customers enter on a landing page
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Issue(Issue),
    /// Print the newest 500 codes of all apps. The codes themselves are not kept
    List(Common),
    Revoke(Revoke),
}

/// Make a code for one customer, and print it
///
/// The code is shown only here.
#[derive(Args)]
struct Issue {
    #[command(flatten)]
    common: Common,
    /// The app's slug
    #[arg(long, value_name = "SLUG")]
    app: String,
    /// The customer it is handed to
    #[arg(long)]
    customer: String,
    /// Days until it expires
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=366))]
    days: u32,
}

/// Make a code worthless that nobody has used
#[derive(Args)]
struct Revoke {
    #[command(flatten)]
    common: Common,
    /// The code's id
    id: Uuid,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Issue(arguments) => issue(arguments).await,
        Command::List(arguments) => list(arguments).await,
        Command::Revoke(arguments) => revoke(arguments).await,
    }
}

async fn issue(arguments: Issue) -> Result<(), Failure> {
    let node = arguments.common.partner.open().await?;
    let lifetime: Duration = DAY * arguments.days;
    let new = NewCode {
        app: app(&node, &arguments.app)?.client_id,
        label: arguments.customer,
        issued_by: "command line".to_owned(),
        lifetime: Some(lifetime),
    };
    let issued = node.vault.issue_code(new).await?;
    let (code, expires) = (issued.code.expose_secret(), issued.expires_at.to_rfc3339());
    if arguments.common.json {
        println!(
            "{}",
            json!({ "id": issued.id, "code": code, "expires_at": expires })
        );
    } else {
        println!("{:<10}{}", "Id", issued.id);
        println!("{:<10}{code}", "Code");
        println!("{:<10}{expires}", "Expires");
        println!("\nThe code is shown only here.");
    }
    Ok(())
}

async fn list(arguments: Common) -> Result<(), Failure> {
    let node = arguments.partner.open().await?;
    let codes = node.vault.codes((0, 500)).await?.0;
    let now = ambient::Clock::System.now();
    let state = |code: &VerificationCode| match (code.revoked_at, code.used_at) {
        (Some(_), _) => "revoked",
        (None, Some(_)) => "used",
        (None, None) if code.expires_at <= now => "expired",
        (None, None) => "open",
    };
    if arguments.json {
        let shown = |code: &VerificationCode| {
            json!({
                "id": code.id, "app": slug(&node, code.app), "customer": code.label,
                "state": state(code), "issued_by": code.issued_by,
                "issued_at": code.issued_at.to_rfc3339(),
                "expires_at": code.expires_at.to_rfc3339(), "used_by": code.used_by,
            })
        };
        println!(
            "{}",
            serde_json::to_string(&codes.iter().map(shown).collect::<Vec<_>>())?
        );
        return Ok(());
    }
    for code in &codes {
        let (app, state) = (slug(&node, code.app), state(code));
        let expires = code.expires_at.to_rfc3339();
        println!(
            "{}  {app}  {state:<8} until {expires}  {}",
            code.id, code.label
        );
    }
    Ok(())
}

async fn revoke(arguments: Revoke) -> Result<(), Failure> {
    let node = arguments.common.partner.open().await?;
    if !node.vault.revoke_code(arguments.id).await? {
        return Err(format!("no code {} waits to be used", arguments.id).into());
    }
    if arguments.common.json {
        println!("{}", json!({ "id": arguments.id, "revoked": true }));
    } else {
        println!("The code {} is revoked", arguments.id);
    }
    Ok(())
}
