use ambient::{Clock, Entropy};
use axum::Router;
use db::Db;
use landing_page::{AppConfig, InquirySettings, Partner};
use mail::Mailer;
use vault::{Broker, Vault};

use crate::Config;
use crate::parts::Parts;

/// Everything a partner's node serves and does, put together from its configuration.
pub struct Node {
    pub partner: Partner,
    pub broker: Broker,
    pub vault: Vault,
    pub apps: Vec<AppConfig>,
    pub(crate) db: Db,
    pub(crate) mailer: Mailer,
    pub(crate) inquiries: InquirySettings,
    pub(crate) serves_broker: bool,
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
        let parts = config.parts();
        let Parts {
            keys,
            pages,
            mailer,
            inquiries,
            notifier,
            clients,
        } = parts.map_err(|mistakes| mistakes.into_iter().next().expect("there is one"))?;
        let apps = pages.apps.clone();
        let vault = Vault::open(db.clone(), keys, clock.clone(), entropy.clone()).await?;
        let mut broker = Broker::of_no_app(vault.clone())
            .keeping(config.keeper.config())
            .notifying(notifier);
        for (client, apps) in clients {
            broker = broker.also_at(client, apps);
        }
        if config
            .broker
            .as_ref()
            .is_some_and(|broker| broker.tokens_in_memory_only)
        {
            broker = broker.in_memory_only();
        }
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
            serves_broker: config.broker.is_some(),
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
