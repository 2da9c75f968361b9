mod check;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use db::Standing;
use hosting::listeners::overlapping;
use hosting::{
    ConfigError, ExactOrigin, KeySecret, Logging, NamedDatabase, Stopping, Telemetry,
    TrustedProxies,
};
use mail::Mailer;
use protocol::AppId;
use serde::Deserialize;
use vault::VaultKeys;

use crate::apps::App;
use crate::broker_settings::BrokerSettings;
use crate::inquiries::Inquiries;
use crate::keeper::Keeper;
use crate::platform::{Platform, Platforms};
use crate::{apps, wrong};

pub use check::examine;

/// Makes the tables.
pub(crate) const MAKE: &str = "quickconnect migrate up --partner";
/// What findings are about.
pub(crate) const VAULT_KEY: &str = "vault key";
pub(crate) const MARKER: &str = "marker";

/// What a partner's node is started with: a TOML file, overruled by the environment. Unknown keys are
/// refused.
///
/// `docs/operate/partner.md` describes every key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `sqlite:PATH`, or `postgres://…` without a password.
    #[serde(default)]
    database: Option<String>,
    /// A file that holds the database's address, where that carries a password.
    #[serde(default)]
    database_file: Option<PathBuf>,
    /// Connections that a node makes to a PostgreSQL server at most.
    #[serde(default = "hosting::default_database_connections")]
    pub database_connections: NonZeroU16,
    /// A file that holds the vault's key.
    #[serde(default)]
    vault_key_file: Option<PathBuf>,
    /// Keys under which something may still be sealed, until `quickconnect partner rewrap`.
    #[serde(default)]
    older_vault_key_files: Vec<PathBuf>,
    /// Stands beside the key, and shows a database that was restored from a backup.
    #[serde(default)]
    pub marker_file: Option<PathBuf>,
    /// Where the landing pages and the console are served, in plain HTTP: TLS ends before it.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Where health and metrics are served: for operators alone.
    #[serde(default = "default_health_listen")]
    pub health_listen: SocketAddr,
    #[serde(default)]
    pub trusted_proxies: TrustedProxies,
    /// The landing pages and the console, as browsers reach them.
    pub public_origin: ExactOrigin,
    /// Of every app that names no other.
    #[serde(default)]
    platform: Option<Platform>,
    /// Others, by the names that apps call them by.
    #[serde(default)]
    platforms: BTreeMap<String, Platform>,
    /// Left out, no broker is served.
    #[serde(default)]
    pub broker: Option<BrokerSettings>,
    #[serde(default)]
    pub keeper: Keeper,
    #[serde(default)]
    pub inquiries: Inquiries,
    #[serde(default)]
    mail: mail::Config,
    #[serde(default)]
    pub stopping: Stopping,
    #[serde(default)]
    pub log: Logging,
    #[serde(default)]
    pub telemetry: Telemetry,
    /// By slug: the first part of their addresses.
    pub(crate) apps: BTreeMap<String, App>,
    /// Where it stands itself.
    #[serde(skip)]
    file: PathBuf,
}

/// Why a program of this release refuses tables that stand so.
pub fn refusal(standing: &Standing) -> Option<String> {
    let refusal = standing.refusal()?;
    Some(refusal.replace("quickconnect migrate up", MAKE))
}

fn default_listen() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 8090).into()
}

fn default_health_listen() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 9091).into()
}

impl Config {
    /// Reads the file and the environment, and refuses what cannot work.
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let config = Config::parse(path)?;
        match config.mistakes().into_iter().next() {
            None => Ok(config),
            Some(mistake) => Err(mistake),
        }
    }

    fn parse(path: &Path) -> Result<Config, ConfigError> {
        let mut config: Config = hosting::parse(path)?;
        path.clone_into(&mut config.file);
        Ok(config)
    }

    /// What cannot work, whatever the files hold that it names.
    pub(crate) fn mistakes(&self) -> Vec<ConfigError> {
        let mut mistakes = Vec::new();
        if self.apps.is_empty() {
            let (says, what) = ("no app is described", "begin with [apps.SLUG]");
            mistakes.push(ConfigError::about(apps::ABOUT, says, what));
        }
        mistakes.extend(self.platforms().mistakes());
        let of_apps = self.apps.iter();
        mistakes.extend(of_apps.filter_map(|(slug, app)| self.platform_of(slug, app).err()));
        mistakes.extend(overlapping(&self.listeners().all()));
        mistakes.extend(self.broker.as_ref().and_then(|broker| broker.check().err()));
        mistakes.extend(self.telemetry.check().err());
        mistakes.extend(self.named_database().check().err());
        let told = mistakes.into_iter();
        told.map(|mistake| mistake.in_file(&self.file)).collect()
    }

    /// What an app is called; its client id where there is none of it any more.
    pub(crate) fn slug(&self, id: AppId) -> String {
        let known = self.apps.iter().find(|(_, app)| app.client_id == id);
        known.map_or_else(|| id.to_string(), |(slug, _)| slug.clone())
    }

    /// Where pictures and pages are named from.
    pub(crate) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// The database's address; it may hold a password.
    pub fn database(&self) -> Result<String, ConfigError> {
        self.named_database().address()
    }

    pub(crate) fn platforms(&self) -> Platforms<'_> {
        Platforms {
            common: self.platform.as_ref(),
            named: &self.platforms,
        }
    }

    pub(crate) fn platform_of(&self, slug: &str, app: &App) -> Result<&Platform, ConfigError> {
        let of_app = self.platforms().of(app.platform.as_deref());
        of_app.map_err(|why| wrong(apps::ABOUT, format!("app {slug:?}: {why}")))
    }

    pub(crate) fn named_database(&self) -> NamedDatabase<'_> {
        NamedDatabase {
            address: self.database.as_deref(),
            file: self.database_file.as_deref(),
        }
    }

    /// The vault's keys. Without the current one nothing starts (S45).
    pub fn vault_keys(&self) -> Result<VaultKeys, ConfigError> {
        let current = self.vault_key_file.as_deref().ok_or_else(|| {
            ConfigError::about(
                VAULT_KEY,
                "vault_key_file is not set: without the vault's key nothing starts",
                "make one with: openssl rand -hex 32",
            )
        })?;
        let read = |path: &Path| {
            KeySecret::read(path)
                .map_err(|error| ConfigError::about(VAULT_KEY, error.says(), error.what_to_do()))
        };
        let mut keys = VaultKeys::new(read(current)?.bytes());
        for path in &self.older_vault_key_files {
            keys = keys.and_older(read(path)?.bytes());
        }
        Ok(keys)
    }

    /// How mail is sent.
    pub(crate) fn mailer(&self) -> Result<Mailer, ConfigError> {
        hosting::mailer(&self.mail)
    }
}
