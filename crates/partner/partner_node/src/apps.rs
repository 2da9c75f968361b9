use std::path::{Path, PathBuf};

use client::Credentials;
use hosting::{ConfigError, read_secret};
use landing_page::{AppConfig, AppSettings};
use protocol::AppId;
use secrecy::SecretString;
use serde::Deserialize;

use crate::alerts::Alerts;

/// One app: what the platform knows it by, its pages, and who is told of what.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct App {
    client_id: AppId,
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
                return Err(ConfigError::new(format!(
                    "app {slug:?}: client_secret and client_secret_file exclude each other"
                )));
            }
            (None, None) => {
                return Err(ConfigError::new(format!(
                    "app {slug:?}: no client secret: name a file in client_secret_file, or set \
                     the variable QUICKCONNECT__APPS__{}__CLIENT_SECRET",
                    slug.to_uppercase()
                )));
            }
        };
        let credentials = Credentials {
            client_id: self.client_id,
            client_secret: secret,
        };
        let page = self.page.clone();
        let loaded = page.load(slug, credentials, platform, folder);
        loaded.map_err(|why| ConfigError::new(format!("app {slug:?}: {why}")))
    }
}
