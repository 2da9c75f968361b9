use std::collections::HashMap;

use ambient::{Clock, Entropy};
use axum::Router;
use client::{Client, Credentials, WebhookSender};
use db::Db;
use hosting::ConfigError;
use landing_page::{AppConfig, InquirySettings, Partner};
use mail::Mailer;
use vault::{Broker, Notifier, Vault};

use crate::Config;
use crate::apps::App;
use crate::platform::Platform;

/// Everything a partner's node serves and does, put together from its configuration.
pub struct Node {
    pub partner: Partner,
    pub broker: Broker,
    pub vault: Vault,
    pub apps: Vec<AppConfig>,
    pub(crate) db: Db,
    pub(crate) mailer: Mailer,
    pub(crate) inquiries: InquirySettings,
    clock: Clock,
    entropy: Entropy,
}

impl Node {
    /// Opens the vault in `db`, whose tables must be this program's, and finds what would only show
    /// when it is served.
    pub async fn open(
        config: &Config,
        db: Db,
    ) -> Result<Node, Box<dyn std::error::Error + Send + Sync>> {
        let (clock, entropy) = (Clock::System, Entropy::System);
        let keys = config.vault_keys()?;
        let apps = config.load_apps()?;
        let mailer = config.mailer()?;
        let inquiries = config.inquiries.settings(mailer.sends())?;
        let notifier = config.notifier(&apps, mailer.clone())?;
        let vault = Vault::open(db.clone(), keys, clock.clone(), entropy.clone()).await?;
        let mut broker = Broker::of_no_app(vault.clone())
            .keeping(config.keeper.config())
            .notifying(notifier);
        for platform in config.platforms().all() {
            let client = Client::new(platform.client(), clock.clone(), entropy.clone())?;
            broker = broker.also_at(client, config.registered_at(platform, &apps));
        }
        if config
            .broker
            .as_ref()
            .is_some_and(|broker| broker.tokens_in_memory_only)
        {
            broker = broker.in_memory_only();
        }
        let pages = landing_page::Config {
            public_origin: config.public_origin.0.clone(),
            apps: apps.clone(),
            demo_sign_in: None,
        };
        let partner = Partner::new(
            pages,
            broker.clone(),
            mailer.clone(),
            clock.clone(),
            entropy.clone(),
        )?;
        Ok(Node {
            partner,
            broker,
            vault,
            apps,
            db,
            mailer,
            inquiries,
            clock,
            entropy,
        })
    }

    /// The landing pages and the console, behind the proxies that are trusted.
    pub fn pages(&self, config: &Config) -> Router {
        let site = landing_page::site(&self.partner);
        config.trusted_proxies.clone().around(site)
    }

    /// The broker's site, where one is configured.
    pub fn broker_site(&self, config: &Config) -> Option<Router> {
        let settings = config.broker.as_ref()?;
        let state = broker::State {
            broker: self.broker.clone(),
            clock: self.clock.clone(),
        };
        Some(broker::site(state, settings.origin(), self.entropy.clone()))
    }
}

impl Config {
    fn load_apps(&self) -> Result<Vec<AppConfig>, ConfigError> {
        let load = |(slug, app): (&String, &App)| {
            let platform = self.platform_of(slug, app)?.as_known();
            app.load(slug, platform, &self.folder)
        };
        self.apps.iter().map(load).collect()
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

    fn notifier(&self, apps: &[AppConfig], mailer: Mailer) -> Result<Notifier, ConfigError> {
        let mut contacts = HashMap::new();
        for app in apps {
            let alerts = &self.apps[&app.slug].alerts;
            if let Some(of_app) = alerts.contacts(&app.name)? {
                contacts.insert(app.client_id, of_app);
            }
        }
        let tells_by_mail = contacts
            .values()
            .any(|of_app| !of_app.mails.is_empty() || of_app.tells_customer);
        if tells_by_mail && !mailer.sends() {
            return Err(ConfigError::new(
                "alerts name somebody to write to, but [mail] says no way to send mail",
            ));
        }
        // An app that is tried out on this machine loosens nothing for those that are in use.
        let on_own_machine = self.platforms().all().all(Platform::is_on_own_machine);
        let webhooks = WebhookSender::new(self.keeper.addresses(on_own_machine))
            .map_err(|error| ConfigError::new(error.to_string()))?;
        Ok(Notifier::new(contacts, webhooks, mailer))
    }
}
