use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use ambient::{Clock, Entropy};
use clap::Args;
use db::{Db, Options};
use hosting::KeySecret;
use node::Config;
use partner_node::Node;
use sandbox::{DataDir, open_platform};
use store::App;
use store::audit::{Actor, By};

use crate::{Failure, telemetry};

/// Which platform a command is about.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Deployment {
    /// A demo's data directory
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The configuration that the platform is served with
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What the commands about a platform take.
#[derive(Args)]
pub struct Common {
    #[command(flatten)]
    pub deployment: Deployment,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The platform, for a command that looks at it or changes it. It may be served by other processes
/// at the same time.
pub async fn platform(deployment: &Deployment) -> Result<App, Failure> {
    telemetry::start(false);
    match (&deployment.config, &deployment.data_dir) {
        (Some(file), _) => {
            let config = Config::read(file)?;
            opened(&config, |config| Ok(database(config)?.unhurried())).await
        }
        (None, Some(dir)) => demo(dir).await,
        (None, None) => Err("name a platform with --config or --data-dir".into()),
    }
}

async fn demo(dir: &Path) -> Result<App, Failure> {
    let dir = DataDir::existing(dir)?;
    let facts = dir.facts()?.ok_or("the data directory holds no demo")?;
    Ok(open_platform(&dir, &facts).await?)
}

/// Whoever uses the command line, in the audit log.
pub fn operator(app: &App) -> By<'static> {
    By {
        actor: Actor::Operator,
        correlation_id: "",
        now: app.clock.now(),
    }
}

/// The database of a configuration, whatever its tables.
pub fn database(config: &Config) -> Result<Db, Failure> {
    database_at(&config.database()?, config.database_connections)
}

/// The database of a partner's configuration, whatever its tables.
pub fn partner_database(config: &partner_node::Config) -> Result<Db, Failure> {
    database_at(&config.database()?, config.database_connections)
}

fn database_at(address: &str, connections: NonZeroU16) -> Result<Db, Failure> {
    let options = Options {
        connections: connections.get().into(),
    };
    Ok(Db::open_with(address, &options)?)
}

/// The platform of a configuration, to be served.
pub async fn configured(config: &Config) -> Result<App, Failure> {
    opened(config, database).await
}

/// The secret is read first: without one no database is touched. A database whose tables are not
/// this program's is refused: `quickconnect migrate` is for that.
async fn opened(
    config: &Config,
    database: fn(&Config) -> Result<Db, Failure>,
) -> Result<App, Failure> {
    KeySecret::read(config.key_secret_file()?)?;
    let db = database(config)?;
    if let Some(refusal) = db.standing(store::migrations()).await?.refusal() {
        return Err(refusal.into());
    }
    on(config, db).await
}

/// The platform of a configuration on a database, whose tables are brought up to this program.
pub async fn on(config: &Config, db: Db) -> Result<App, Failure> {
    let secret = KeySecret::read(config.key_secret_file()?)?;
    let settings = config.settings()?;
    let (clock, entropy) = (Clock::System, Entropy::System);
    Ok(App::open(db, secret.bytes(), clock, entropy, settings).await?)
}

/// The partner of a configuration, put together but not served. The key is read first: without it no
/// database is touched (S45). A database whose tables are not this program's is refused.
pub async fn partner(config: &partner_node::Config) -> Result<Node, Failure> {
    config.vault_keys()?;
    let db = partner_database(config)?;
    if let Some(refusal) = partner_node::refusal(&db.standing(vault::MIGRATIONS).await?) {
        return Err(refusal.into());
    }
    Node::open(config, db).await
}
