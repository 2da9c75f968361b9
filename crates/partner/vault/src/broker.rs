use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use client::{Client, Credentials, Reason, Refusal, Tokens};
use protocol::{AppId, MINUTE, Origin, Timestamp};
use secrecy::SecretString;
use uuid::Uuid;

use crate::due::is_fresh;
use crate::keeper::KeeperConfig;
use crate::platforms::Platform;
use crate::slots::{Slots, Turn};
use crate::{By, NoToken, Notifier, Vault};

/// Hands out current access tokens. Cheap to clone.
///
/// One refresh is under way per connection at most, across tasks, processes and hosts; whoever asks
/// meanwhile waits for it and gets the same token (S46, TM-05). The tasks of a process share it in
/// memory, processes by way of the database, where it is sealed (docs/decisions/0008).
#[derive(Clone)]
pub struct Broker {
    pub(crate) vault: Vault,
    pub(crate) config: KeeperConfig,
    pub(crate) notifier: Option<Arc<Notifier>>,
    /// Access tokens never reach the database: then each process refreshes for itself (SE-04).
    pub(crate) in_memory_only: bool,
    pub(crate) platforms: Arc<[Arc<Platform>]>,
    apps: Arc<HashMap<AppId, Registered>>,
    slots: Slots,
}

/// An app, and the platform that it is registered with: its secrets and tokens go nowhere else.
#[derive(Clone)]
pub(crate) struct Registered {
    pub credentials: Credentials,
    pub client: Client,
}

/// What a call to the platform needs.
#[derive(Clone)]
pub struct AccessToken {
    pub value: SecretString,
    /// Base URI of the call.
    pub geolocation: Origin,
    pub expires_at: Timestamp,
    /// Counts the refreshes of its connection.
    pub(crate) generation: i64,
}

/// What is asked of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Want {
    /// How long the token must last yet.
    pub lasting: Duration,
    /// Only a token of a later generation will do: the one of this one was refused, or is due.
    pub after: Option<i64>,
    /// Also of a connection that is being ended.
    pub ending: bool,
}

impl Want {
    pub const CURRENT: Want = Want {
        lasting: MINUTE,
        after: None,
        ending: false,
    };

    pub fn is_met_by(&self, token: &AccessToken, now: Timestamp) -> bool {
        self.after.is_none_or(|after| token.generation > after)
            && is_fresh(token.expires_at, now, self.lasting)
    }
}

impl Broker {
    /// Speaks for `apps` at the platform that `client` speaks to.
    pub fn new(vault: Vault, client: Client, apps: Vec<Credentials>) -> Broker {
        Broker::of_no_app(vault).also_at(client, apps)
    }

    /// Speaks for nobody yet.
    pub fn of_no_app(vault: Vault) -> Broker {
        Broker {
            vault,
            config: KeeperConfig::default(),
            notifier: None,
            in_memory_only: false,
            platforms: Arc::new([]),
            apps: Arc::default(),
            slots: Slots::default(),
        }
    }

    /// The same broker, which speaks for further apps at a platform of theirs.
    pub fn also_at(mut self, client: Client, apps: Vec<Credentials>) -> Broker {
        let ids = apps.iter().map(|app| app.client_id).collect();
        let platform = Arc::new(Platform::new(ids));
        let platforms = self.platforms.iter().cloned();
        self.platforms = platforms.chain([platform]).collect();
        let registered = Arc::make_mut(&mut self.apps);
        for credentials in apps {
            let client = client.clone();
            let app = credentials.client_id;
            registered.insert(
                app,
                Registered {
                    credentials,
                    client,
                },
            );
        }
        self
    }

    /// The same broker, whose keeper works so.
    pub fn keeping(mut self, config: KeeperConfig) -> Broker {
        self.config = config;
        self
    }

    /// The same broker, whose keeper also tells of what happens.
    pub fn notifying(mut self, notifier: Notifier) -> Broker {
        self.notifier = Some(Arc::new(notifier));
        self
    }

    /// The same broker, which keeps access tokens in memory only, as SE-04 says to the letter: two
    /// processes then make two refreshes.
    pub fn in_memory_only(mut self) -> Broker {
        self.in_memory_only = true;
        self
    }

    /// The same broker, acting on somebody's behalf.
    pub fn by(&self, by: By) -> Broker {
        Broker {
            vault: self.vault.by(by),
            ..self.clone()
        }
    }

    /// Where an administrator of a customer connects the app again, if it is known: its listing.
    pub fn listing(&self, app: AppId) -> Option<&str> {
        self.notifier.as_ref()?.listing(app)
    }

    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Speaks to the platform of this app, and to no other.
    pub fn client(&self, app: AppId) -> Result<&Client, Refusal> {
        Ok(&self.registered(app)?.client)
    }

    /// Whether the broker speaks for this app.
    pub fn knows(&self, app: AppId) -> bool {
        self.apps.contains_key(&app)
    }

    /// A current access token of the app for a company or person: it lasts a minute at least.
    ///
    /// What a refresh brings is durable before the token is handed out (S47), also when the
    /// caller has gone meanwhile.
    pub async fn access_token(&self, app: AppId, principal: Uuid) -> Result<AccessToken, NoToken> {
        self.access(app, principal, Want::CURRENT).await
    }

    /// A token that lasts so long yet; a platform that hands out shorter ones is taken at its word.
    pub async fn access_token_lasting(
        &self,
        app: AppId,
        principal: Uuid,
        lasting: Duration,
    ) -> Result<AccessToken, NoToken> {
        let lasting = lasting.max(MINUTE);
        let want = Want {
            lasting,
            ..Want::CURRENT
        };
        self.access(app, principal, want).await
    }

    /// Another token than the one that an API has refused: refreshed once, however many ask.
    pub async fn access_token_after(
        &self,
        app: AppId,
        principal: Uuid,
        refused: &AccessToken,
    ) -> Result<AccessToken, NoToken> {
        let after = Some(refused.generation);
        let want = Want {
            after,
            ..Want::CURRENT
        };
        self.access(app, principal, want).await
    }

    /// Forgets the current access token, here and where it is shared: an API did not accept it.
    pub async fn forget(&self, app: AppId, principal: Uuid) {
        self.slots.slot(app, principal).held.lock().await.token = None;
        if let Err(error) = self.vault.forget_access(app, principal).await {
            tracing::error!(reason = %error, "an access token could not be forgotten");
        }
    }

    /// Holds the access token that came with an exchange.
    pub async fn hold(&self, app: AppId, principal: Uuid, tokens: &Tokens) {
        let generation = match self.vault.stored(app, principal).await {
            Ok(Some(stored)) => stored.generation,
            _ => return,
        };
        let token = held(tokens, generation);
        self.slots.slot(app, principal).held.lock().await.token = Some(token);
        if self.in_memory_only
            && let Err(error) = self.vault.forget_access(app, principal).await
        {
            tracing::error!(reason = %error, "an access token could not be kept out of the database");
        }
    }

    /// When the held access token expires, if one is held.
    pub async fn held_until(&self, app: AppId, principal: Uuid) -> Option<Timestamp> {
        let now = self.vault.clock().now();
        let slot = self.slots.slot(app, principal);
        let held = slot.held.lock().await;
        let token = held.token.as_ref();
        token.map(|token| token.expires_at).filter(|at| *at > now)
    }

    pub(crate) async fn access(
        &self,
        app: AppId,
        principal: Uuid,
        want: Want,
    ) -> Result<AccessToken, NoToken> {
        // Nothing more is asked of the platform until the customer reconnects (S50).
        self.vault.may_ask(app, principal, want.ending).await??;
        let slot = self.slots.slot(app, principal);
        let turn = slot.turn();
        if let Some(token) = slot.current(&want, self.vault.clock().now()) {
            return Ok(token);
        }
        let broker = self.clone();
        // On its own: a caller that goes away must not lose a token that was rotated for it.
        let task = tokio::spawn(async move {
            let mut held = slot.held.lock().await;
            match slot.had_turn(&held, turn, &want, broker.vault.clock().now()) {
                Turn::Token(token) => return Ok(token),
                Turn::Refused(refusal) => return Err(NoToken::Refused(refusal)),
                Turn::Ours => {}
            }
            let renewed = broker.obtain(app, principal, want).await;
            slot.end_turn(&mut held, &renewed);
            renewed
        });
        task.await.unwrap_or_else(|_| {
            let fault = db::Error::Program("a refresh was broken off".to_owned());
            Err(NoToken::Storage(fault))
        })
    }

    /// Lets go of access tokens that have expired.
    pub(crate) fn forget_expired(&self) {
        self.slots.forget_expired(self.vault.clock().now());
    }

    pub(crate) fn registered(&self, app: AppId) -> Result<&Registered, Refusal> {
        self.apps.get(&app).ok_or_else(|| {
            let why = "this app does not stand in the configuration";
            Refusal::new(Reason::Configuration, why)
        })
    }
}

pub(crate) fn held(tokens: &Tokens, generation: i64) -> AccessToken {
    AccessToken {
        value: tokens.access_token.clone(),
        geolocation: tokens.geolocation.clone(),
        expires_at: tokens.access_expires_at,
        generation,
    }
}
