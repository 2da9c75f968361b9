use std::path::{Path, PathBuf};

use client::Credentials;
use hosting::{ConfigError, Finding, exposed, overruling, read_secret};
use landing_page::{AppConfig, AppSettings};
use protocol::AppId;
use secrecy::SecretString;
use serde::Deserialize;

use crate::alerts::Alerts;
use crate::wrong;

pub(crate) const ABOUT: &str = "apps";

/// One app: what the platform knows it by, its pages, and who is told of what.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct App {
    pub client_id: AppId,
    /// From the environment: `QUICKCONNECT__APPS__SLUG__CLIENT_SECRET`.
    #[serde(default)]
    client_secret: Option<SecretString>,
    #[serde(default)]
    client_secret_file: Option<PathBuf>,
    /// Which of `[platforms]` it is registered with; left out, `[platform]`.
    #[serde(default)]
    pub platform: Option<String>,
    pub page: AppSettings,
    #[serde(default)]
    pub alerts: Alerts,
}

impl App {
    /// Reads the secret, pictures and pages.
    pub(crate) fn load(
        &self,
        slug: &str,
        platform: landing_page::Platform,
        folder: &Path,
    ) -> Result<AppConfig, ConfigError> {
        let secret = match (&self.client_secret, &self.client_secret_file) {
            (Some(secret), None) => secret.clone(),
            (None, Some(path)) => read_secret(&format!("app {slug:?}: client_secret_file"), path)?,
            (Some(_), Some(_)) => {
                let why = "client_secret and client_secret_file exclude each other";
                return Err(wrong(ABOUT, format!("app {slug:?}: {why}")));
            }
            (None, None) => {
                let says = format!(
                    "app {slug:?}: no client secret: name a file in client_secret_file, or set \
                     the variable {}",
                    secret_variable(slug)
                );
                return Err(wrong(ABOUT, says));
            }
        };
        let credentials = Credentials {
            client_id: self.client_id,
            client_secret: secret,
        };
        let page = self.page.clone();
        let loaded = page.load(slug, credentials, platform, folder);
        loaded.map_err(|why| wrong(ABOUT, format!("app {slug:?}: {why}")))
    }

    /// Who of the operating system's users may read the secrets, and where they stand.
    pub(crate) fn secrets(&self, slug: &str) -> Vec<Finding> {
        let files = self.client_secret_file.iter();
        let files = files.chain(self.alerts.secret_files());
        let mut findings: Vec<Finding> =
            files.filter_map(|path| exposed("secrets", path)).collect();
        if self.client_secret.is_some() && !overruling().contains(&secret_variable(slug)) {
            findings.push(Finding::warning(
                "secrets",
                format!("app {slug:?}: its client secret stands in the configuration"),
                "put it into a file of its own, and name that in client_secret_file",
            ));
        }
        findings
    }
}

/// The variable that holds an app's client secret, where no file does.
fn secret_variable(slug: &str) -> String {
    format!("QUICKCONNECT__APPS__{}__CLIENT_SECRET", slug.to_uppercase())
}
