use std::collections::HashMap;

use ambient::{Clock, Entropy};
use client::{Client, Credentials, WebhookSender};
use hosting::ConfigError;
use landing_page::{AppConfig, InquirySettings};
use mail::Mailer;
use protocol::AppId;
use vault::{Contacts, Notifier, VaultKeys};

use crate::platform::Platform;
use crate::{Config, alerts, apps, platform, wrong};

/// What a node is put together from, besides its database: everything that the configuration names
/// has been read, and fits.
pub(crate) struct Parts {
    pub keys: VaultKeys,
    pub pages: landing_page::Config,
    pub mailer: Mailer,
    pub inquiries: InquirySettings,
    pub notifier: Notifier,
    /// One for each platform, with what its apps prove themselves with.
    pub clients: Vec<(Client, Vec<Credentials>)>,
}

impl Config {
    /// Reads what the configuration names. The error is everything because of which no node is put
    /// together.
    pub(crate) fn parts(&self) -> Result<Parts, Vec<ConfigError>> {
        let mut mistakes = self.mistakes();
        let told = &mut mistakes;
        let keys = kept(self.vault_keys(), told);
        let pages = landing_page::Config {
            public_origin: self.public_origin.0.clone(),
            apps: self.load_apps(told),
            demo_sign_in: None,
        };
        let unserved = pages.mistakes().into_iter();
        told.extend(unserved.map(|mistake| wrong(apps::ABOUT, mistake.to_string())));
        let mailer = kept(self.mailer(), told);
        // Whether a way that is described wrongly was meant to send is not asked.
        let sends = mailer.as_ref().is_none_or(Mailer::sends);
        let inquiries = kept(self.inquiries.settings(sends), told);
        let contacts = self.contacts(&pages.apps, sends, told);
        let webhooks = kept(self.webhooks(), told);
        let clients = self.clients(&pages.apps, told);
        match (keys, mailer, inquiries, webhooks) {
            (Some(keys), Some(mailer), Some(inquiries), Some(webhooks)) if mistakes.is_empty() => {
                Ok(Parts {
                    keys,
                    pages,
                    notifier: Notifier::new(contacts, webhooks, mailer.clone()),
                    mailer,
                    inquiries,
                    clients,
                })
            }
            _ => Err(mistakes),
        }
    }

    fn load_apps(&self, told: &mut Vec<ConfigError>) -> Vec<AppConfig> {
        let mut loaded = Vec::new();
        for (slug, app) in &self.apps {
            // An app without a platform was told of already.
            if let Ok(platform) = self.platform_of(slug, app) {
                let app = app.load(slug, platform.as_known(), self.folder());
                loaded.extend(kept(app, told));
            }
        }
        loaded
    }

    /// Who is told of what, by app.
    fn contacts(
        &self,
        apps: &[AppConfig],
        sends: bool,
        told: &mut Vec<ConfigError>,
    ) -> HashMap<AppId, Contacts> {
        let mut contacts = HashMap::new();
        for app in apps {
            let alerts = &self.apps[&app.slug].alerts;
            if let Some(of_app) = kept(alerts.contacts(app), told).flatten() {
                contacts.insert(app.client_id, of_app);
            }
        }
        let tells_by_mail = contacts
            .values()
            .any(|of_app| !of_app.mails.is_empty() || of_app.to_customer.is_some());
        if tells_by_mail && !sends {
            let says = "alerts name somebody to write to, but [mail] says no way to send mail";
            told.push(wrong(alerts::ABOUT, says));
        }
        contacts
    }

    pub(crate) fn webhooks(&self) -> Result<WebhookSender, ConfigError> {
        // An app that is tried out on this machine loosens nothing for those that are in use.
        let on_own_machine = self.platforms().all().all(Platform::is_on_own_machine);
        WebhookSender::new(self.keeper.addresses(on_own_machine))
            .map_err(|error| wrong(alerts::ABOUT, error.to_string()))
    }

    fn clients(
        &self,
        apps: &[AppConfig],
        told: &mut Vec<ConfigError>,
    ) -> Vec<(Client, Vec<Credentials>)> {
        let mut clients = Vec::new();
        for at in self.platforms().all() {
            let config = at.client();
            if config.check().is_err() {
                // Told of already, with the platform's name.
                continue;
            }
            let client = Client::new(config, Clock::System, Entropy::System)
                .map_err(|error| wrong(platform::ABOUT, error.to_string()));
            if let Some(client) = kept(client, told) {
                clients.push((client, self.registered_at(at, apps)));
            }
        }
        clients
    }

    /// What those of `apps` prove themselves with that are registered with this platform.
    fn registered_at(&self, platform: &Platform, apps: &[AppConfig]) -> Vec<Credentials> {
        let is_there = |app: &&AppConfig| {
            let of_app = self.platform_of(&app.slug, &self.apps[&app.slug]);
            of_app.is_ok_and(|of_app| std::ptr::eq(of_app, platform))
        };
        let there = apps.iter().filter(is_there);
        there.map(landing_page::credentials).collect()
    }
}

fn kept<T>(result: Result<T, ConfigError>, told: &mut Vec<ConfigError>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(mistake) => {
            told.push(mistake);
            None
        }
    }
}
