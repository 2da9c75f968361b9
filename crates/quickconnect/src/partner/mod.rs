mod code;
mod connection;
mod key;
mod restored;
mod rewrap;
mod serve;
mod staff;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use landing_page::AppConfig;
use partner_node::{Config, Node};
use vault::{Actor, By};

use crate::{Failure, opened, telemetry};

/// Serve a partner: landing pages, console, vault and broker; or administer one
///
/// Without a command it serves. Any number of such processes may serve one database.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(flatten)]
    served: Option<Configured>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Code(code::Arguments),
    Connection(connection::Arguments),
    Key(key::Arguments),
    Restored(restored::Arguments),
    Rewrap(rewrap::Arguments),
    Staff(staff::Arguments),
}

/// Which partner.
#[derive(Args)]
struct Configured {
    /// The configuration, as docs/operate/partner.md describes it
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// What commands take that print something.
#[derive(Args)]
struct Common {
    #[command(flatten)]
    partner: Configured,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    match (arguments.command, arguments.served) {
        (Some(Command::Code(arguments)), _) => code::run(arguments).await,
        (Some(Command::Connection(arguments)), _) => connection::run(arguments).await,
        (Some(Command::Key(arguments)), _) => key::run(arguments).await,
        (Some(Command::Restored(arguments)), _) => restored::run(arguments).await,
        (Some(Command::Rewrap(arguments)), _) => rewrap::run(arguments).await,
        (Some(Command::Staff(arguments)), _) => staff::run(arguments).await,
        (None, Some(served)) => serve::run(&served.config).await,
        (None, None) => Err("name the partner's configuration with --config".into()),
    }
}

impl Configured {
    /// The partner, for a command that looks at it or changes it. It may be served by other
    /// processes at the same time.
    async fn open(&self) -> Result<Node, Failure> {
        telemetry::start(false);
        let mut node = opened::partner(&Config::read(&self.config)?).await?;
        let by = By::new(Actor::Command("quickconnect partner".to_owned()), "");
        node.broker = node.broker.by(by.clone());
        node.vault = node.vault.by(by);
        Ok(node)
    }
}

/// 'no app is called x: there are cards, ledger'.
fn app<'a>(node: &'a Node, slug: &str) -> Result<&'a AppConfig, Failure> {
    let known = node.apps.iter().find(|app| app.slug == slug);
    known.ok_or_else(|| {
        let slugs: Vec<&str> = node.apps.iter().map(|app| app.slug.as_str()).collect();
        format!("no app is called {slug}: there are {}", slugs.join(", ")).into()
    })
}

/// The slug of an app; its client id where the configuration has no such app any more.
fn slug(node: &Node, id: protocol::AppId) -> String {
    let known = node.apps.iter().find(|app| app.client_id == id);
    known.map_or_else(|| id.to_string(), |app| app.slug.clone())
}
