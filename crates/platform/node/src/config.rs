mod check;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::{NonZeroU16, NonZeroU32};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hosting::{
    ConfigError, ExactOrigin, Listener, Logging, NamedDatabase, Stopping, Telemetry, TrustedProxies,
};
use protocol::{DAY, DataCenter, DataCenters, MINUTE};
use serde::Deserialize;
use store::{CallLimits, Settings};

pub use check::examine;

/// Makes the tables.
pub(crate) const MAKE: &str = "quickconnect migrate up";

/// What a node is started with: a TOML file, overruled by the environment. Unknown keys are refused.
///
/// `docs/operate/configuration.md` describes every key.
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
    /// A file that holds the key-encryption secret.
    #[serde(default)]
    key_secret_file: Option<PathBuf>,
    /// The name on the pages.
    #[serde(default)]
    platform_name: Option<String>,
    /// Where all sites are served, in plain HTTP: TLS ends at the proxy before it.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Where health and metrics are served: for operators alone.
    #[serde(default = "default_health_listen")]
    pub health_listen: SocketAddr,
    #[serde(default)]
    pub trusted_proxies: TrustedProxies,
    /// The customers' site, as browsers reach it.
    app_center: ExactOrigin,
    /// Name of the data centre that is the global landing zone.
    landing_zone: String,
    /// Base URIs by name, the landing zone's among them.
    data_centers: BTreeMap<String, ExactOrigin>,
    /// Whether apps may sign people in with the people's own passwords (OA-20).
    #[serde(default)]
    user_password_grant: bool,
    #[serde(default)]
    mail: mail::Config,
    #[serde(default)]
    pub tokens: Tokens,
    #[serde(default)]
    pub limits: Limits,
    #[serde(default)]
    pub stopping: Stopping,
    #[serde(default)]
    pub log: Logging,
    #[serde(default)]
    pub telemetry: Telemetry,
}

/// How long tokens and keys live; what is left out is as in the reference.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tokens {
    access_token_minutes: Option<NonZeroU32>,
    refresh_token_days: Option<NonZeroU32>,
    refresh_token_cap_days: Option<NonZeroU32>,
    rotation_days: Option<NonZeroU32>,
    signing_key_days: Option<NonZeroU32>,
}

/// Calls of the authentication service in a minute; 0 is no limit.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    per_client: Option<u32>,
    per_company: Option<u32>,
    per_address: Option<u32>,
    failures_per_address: Option<u32>,
}

fn default_listen() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 8080).into()
}

fn default_health_listen() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 9090).into()
}

impl Config {
    /// Reads the file and the environment, and refuses what cannot work.
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        hosting::read(path, Config::check)
    }

    /// The first mistake.
    fn check(&self) -> Result<(), ConfigError> {
        self.mistakes().into_iter().next().map_or(Ok(()), Err)
    }

    /// The database's address; it may hold a password.
    pub fn database(&self) -> Result<String, ConfigError> {
        self.named_database().address()
    }

    pub(crate) fn named_database(&self) -> NamedDatabase<'_> {
        NamedDatabase {
            address: self.database.as_deref(),
            file: self.database_file.as_deref(),
        }
    }

    /// Where the key-encryption secret stands. Without one nothing starts.
    pub fn key_secret_file(&self) -> Result<&Path, ConfigError> {
        self.key_secret_file.as_deref().ok_or_else(|| {
            ConfigError::about(
                "key secret",
                "key_secret_file is not set: without a key-encryption secret nothing starts",
                "make one with: openssl rand -hex 32",
            )
        })
    }

    /// Where all sites are served, and where health is.
    pub fn listeners(&self) -> [Listener; 2] {
        let host = self.app_center.0.authority();
        [
            Listener::site(("listen", self.listen), host, "/sign-in"),
            Listener::health("health_listen", self.health_listen),
        ]
    }

    /// What the platform is opened with.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        let center = |(name, ExactOrigin(base_uri)): (&String, &ExactOrigin)| DataCenter {
            name: name.clone(),
            base_uri: base_uri.clone(),
        };
        let is_landing_zone = |(name, _): &(&String, &ExactOrigin)| **name == self.landing_zone;
        let (landing_zone, regions): (Vec<_>, Vec<_>) =
            self.data_centers.iter().partition(is_landing_zone);
        let data_centers = DataCenters {
            landing_zone: landing_zone
                .into_iter()
                .map(center)
                .next()
                .expect("checked when the configuration was read"),
            regions: regions.into_iter().map(center).collect(),
        };
        let mut settings = Settings::new(self.app_center.0.clone(), data_centers);
        if let Some(name) = &self.platform_name {
            settings.platform_name.clone_from(name);
        }
        settings.user_password_grant = self.user_password_grant;
        settings.call_limits = self.limits.calls();
        self.tokens.apply(&mut settings);
        settings.mail = hosting::mailer(&self.mail)?;
        Ok(settings)
    }
}

impl Tokens {
    fn apply(&self, settings: &mut Settings) {
        let set = |to: &mut Duration, unit: Duration, given: Option<NonZeroU32>| {
            if let Some(number) = given {
                *to = unit * number.get();
            }
        };
        set(
            &mut settings.access_token_lifetime,
            MINUTE,
            self.access_token_minutes,
        );
        set(
            &mut settings.refresh_token_lifetime,
            DAY,
            self.refresh_token_days,
        );
        set(
            &mut settings.refresh_token_cap,
            DAY,
            self.refresh_token_cap_days,
        );
        set(&mut settings.rotation_age, DAY, self.rotation_days);
        set(&mut settings.key_lifetime, DAY, self.signing_key_days);
    }
}

impl Limits {
    fn calls(&self) -> CallLimits {
        let usual = CallLimits::default();
        let or = |given: Option<u32>, usual| given.map_or(usual, NonZeroU32::new);
        CallLimits {
            per_client: or(self.per_client, usual.per_client),
            per_company: or(self.per_company, usual.per_company),
            per_address: or(self.per_address, usual.per_address),
            failures_per_address: or(self.failures_per_address, usual.failures_per_address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALLEST: &str = r#"
        database = "sqlite:/var/lib/quickconnect/platform.sqlite"
        key_secret_file = "/etc/quickconnect/platform.key"
        app_center = "https://apps.example"
        landing_zone = "glz"
        [data_centers]
        glz = "https://glz.api.example"
        us2 = "https://us2.api.example"
    "#;

    fn read(text: &str) -> Result<Config, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("quickconnect.toml");
        std::fs::write(&path, text).unwrap();
        Config::read(&path).map_err(|error| error.to_string())
    }

    #[track_caller]
    fn refused(text: &str, words: &str) {
        let said = read(text).unwrap_err();
        assert!(said.contains(words), "{said}");
        assert!(said.contains("quickconnect.toml"), "{said}");
    }

    #[test]
    fn what_is_left_out_is_as_in_the_reference() {
        let config = read(SMALLEST).unwrap();
        let settings = config.settings().unwrap();
        assert_eq!(settings.data_centers.landing_zone.name, "glz");
        assert_eq!(settings.data_centers.regions[0].name, "us2");
        assert_eq!(settings.refresh_token_lifetime, 180 * DAY);
        assert_eq!(settings.platform_name, "Quick Connect");
        assert!(!settings.loopback_partners && settings.demo_sign_ins.is_empty());
        assert!(settings.call_limits.per_client.is_some());
    }

    #[test]
    fn what_is_given_counts() {
        let more = "[tokens]\nrotation_days = 3\n[limits]\nper_client = 0\nper_address = 7\n";
        let settings = read(&format!("{SMALLEST}\n{more}"))
            .unwrap()
            .settings()
            .unwrap();
        assert_eq!(settings.rotation_age, 3 * DAY);
        assert_eq!(settings.call_limits.per_client, None);
        assert_eq!(settings.call_limits.per_address, NonZeroU32::new(7));
    }

    #[test]
    fn mistakes_are_told_by_name() {
        refused(
            &format!("{SMALLEST}\n[tokens]\nrotation_day = 3"),
            "rotation_day",
        );
        refused(&format!("databse = 'x'\n{SMALLEST}"), "databse");
        refused(&SMALLEST.replace("\"glz\"", "\"us1\""), "us1");
        refused(&SMALLEST.replace("https://us2", "http://us2"), "https://");
        refused(
            &SMALLEST.replace("us2.api.example", "us2.api.example/oauth2"),
            "origin only",
        );
        refused(
            &SMALLEST.replace("us2.api.example", "apps.example"),
            "twice",
        );
        refused(
            &SMALLEST.replace("sqlite:", "postgres://u:p@h/"),
            "database_file",
        );
        refused("app_center = ", "quickconnect.toml");
    }
}
