use std::path::PathBuf;

use hosting::{ConfigError, read_secret};
use landing_page::{AppConfig, words_to_customers};
use serde::Deserialize;
use vault::{Contacts, Webhook};

use crate::wrong;

pub(crate) const ABOUT: &str = "alerts";

/// Who is told what happens to an app's connections.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Alerts {
    /// The listing in the App Center: where the customer's administrator connects again.
    listing: Option<String>,
    mails: Vec<String>,
    /// Whether the account that a connection belongs to is written to when only the customer can
    /// help.
    tell_customer: bool,
    webhooks: Vec<WebhookSettings>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookSettings {
    url: String,
    secret_file: PathBuf,
}

impl Alerts {
    /// Where webhooks go.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &str> {
        self.webhooks.iter().map(|hook| hook.url.as_str())
    }

    /// Files that hold secrets.
    pub(crate) fn secret_files(&self) -> impl Iterator<Item = &PathBuf> {
        self.webhooks.iter().map(|hook| &hook.secret_file)
    }

    /// `None` when nobody is to be told.
    pub(crate) fn contacts(&self, app: &AppConfig) -> Result<Option<Contacts>, ConfigError> {
        if self.mails.is_empty() && self.webhooks.is_empty() && !self.tell_customer {
            return Ok(None);
        }
        let app_name = &app.name;
        let refuse = |why: &str| Err(wrong(ABOUT, format!("alerts of {app_name}: {why}")));
        let Some(listing) = &self.listing else {
            return refuse("listing is missing: what is told leads there, to connect again");
        };
        if let Some(mail) = self.mails.iter().find(|mail| !mail::is_address(mail)) {
            return refuse(&format!("{mail:?} is not a mail address"));
        }
        let hook = |hook: &WebhookSettings| {
            Ok(Webhook {
                url: hook.url.clone(),
                secret: read_secret("secret_file of a webhook:", &hook.secret_file)?,
            })
        };
        Ok(Some(Contacts {
            app_name: app_name.clone(),
            listing: listing.clone(),
            webhooks: self.webhooks.iter().map(hook).collect::<Result<_, _>>()?,
            mails: self.mails.clone(),
            to_customer: self.tell_customer.then(|| words_to_customers(app)),
        }))
    }
}
