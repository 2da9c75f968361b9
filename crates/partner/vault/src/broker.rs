use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use client::{Client, Credentials, Reason, Refusal, Tokens};
use protocol::{AppId, Origin, Timestamp};
use secrecy::SecretString;
use uuid::Uuid;

use crate::due::is_fresh;
use crate::{ConnectionState, Vault};

/// Hands out current access tokens. Cheap to clone.
///
/// Access tokens live in memory only (SE-04). One refresh is under way per connection at most;
/// whoever asks meanwhile waits for it and gets the same token (S46, TM-05).
#[derive(Clone)]
pub struct Broker {
    pub(crate) vault: Vault,
    pub(crate) client: Client,
    credentials: Arc<HashMap<AppId, Credentials>>,
    held: Arc<Mutex<HashMap<(AppId, Uuid), Slot>>>,
    pub(crate) attempts: Arc<Mutex<HashMap<Uuid, Timestamp>>>,
}

/// The lock of a connection, and the access token behind it.
pub(crate) type Slot = Arc<tokio::sync::Mutex<Option<AccessToken>>>;

/// What a call to the platform needs.
#[derive(Clone)]
pub struct AccessToken {
    pub value: SecretString,
    /// Base URI of the call.
    pub geolocation: Origin,
    pub expires_at: Timestamp,
}

/// Why there is no access token.
#[derive(Debug)]
pub enum NoToken {
    /// Never connected, or disconnected.
    NotConnected,
    /// Only the customer can bring the connection back.
    NeedsReconnect,
    /// The platform refused, or did not answer; the connection stands as it did.
    Refused(Refusal),
    Storage(db::Error),
}

/// What is asked of the connection's slot.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// The held token, or a new one.
    Current,
    /// A new one in any case.
    Renewed,
}

impl Broker {
    pub fn new(vault: Vault, client: Client, apps: Vec<Credentials>) -> Broker {
        let credentials = apps.into_iter().map(|app| (app.client_id, app)).collect();
        Broker {
            vault,
            client,
            credentials: Arc::new(credentials),
            held: Arc::default(),
            attempts: Arc::default(),
        }
    }

    /// A current access token of the app for a company or person.
    ///
    /// What a refresh brings is durable before the token is handed out (S47), also when the
    /// caller has gone meanwhile.
    pub async fn access_token(&self, app: AppId, principal: Uuid) -> Result<AccessToken, NoToken> {
        let connection = self.vault.connection_of(app, principal).await?;
        match connection.map(|connection| connection.state) {
            Some(ConnectionState::Connected) => {}
            // Nothing more is asked of the platform until the customer reconnects (S50).
            Some(ConnectionState::NeedsReconnect) => return Err(NoToken::NeedsReconnect),
            _ => return Err(NoToken::NotConnected),
        }
        self.access(app, principal, Want::Current).await
    }

    /// Forgets the held access token: an API did not accept it.
    pub async fn forget(&self, app: AppId, principal: Uuid) {
        *self.slot(app, principal).lock().await = None;
    }

    /// Holds the access token that came with an exchange.
    pub async fn hold(&self, app: AppId, principal: Uuid, tokens: &Tokens) {
        *self.slot(app, principal).lock().await = Some(held(tokens));
    }

    /// When the held access token expires, if one is held.
    pub async fn held_until(&self, app: AppId, principal: Uuid) -> Option<Timestamp> {
        let now = self.vault.clock().now();
        let slot = self.slot(app, principal);
        let held = slot.lock().await;
        held.as_ref()
            .map(|token| token.expires_at)
            .filter(|at| *at > now)
    }

    pub(crate) async fn access(
        &self,
        app: AppId,
        principal: Uuid,
        want: Want,
    ) -> Result<AccessToken, NoToken> {
        let broker = self.clone();
        // On its own: a caller that goes away must not lose a token that was rotated for it.
        let task = tokio::spawn(async move { broker.access_here(app, principal, want).await });
        task.await.unwrap_or_else(|_| {
            let fault = db::Error::Program("a refresh was broken off".to_owned());
            Err(NoToken::Storage(fault))
        })
    }

    async fn access_here(
        &self,
        app: AppId,
        principal: Uuid,
        want: Want,
    ) -> Result<AccessToken, NoToken> {
        let slot = self.slot(app, principal);
        let mut held = slot.lock().await;
        let now = self.vault.clock().now();
        if let Some(token) = held.as_ref()
            && want == Want::Current
            && is_fresh(token.expires_at, now)
        {
            return Ok(token.clone());
        }
        let renewed = self.renew(app, principal).await;
        *held = renewed.as_ref().ok().cloned();
        renewed
    }

    pub(crate) fn slot(&self, app: AppId, principal: Uuid) -> Slot {
        let mut slots = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        slots.entry((app, principal)).or_default().clone()
    }

    pub(crate) fn credentials(&self, app: AppId) -> Result<&Credentials, NoToken> {
        self.credentials.get(&app).ok_or_else(|| {
            let why = "this app does not stand in the configuration";
            NoToken::Refused(Refusal::new(Reason::Configuration, why))
        })
    }
}

pub(crate) fn held(tokens: &Tokens) -> AccessToken {
    AccessToken {
        value: tokens.access_token.clone(),
        geolocation: tokens.geolocation.clone(),
        expires_at: tokens.access_expires_at,
    }
}

impl From<db::Error> for NoToken {
    fn from(error: db::Error) -> NoToken {
        NoToken::Storage(error)
    }
}

impl fmt::Display for NoToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoToken::NotConnected => f.write_str("there is no connection"),
            NoToken::NeedsReconnect => f.write_str("the customer must reconnect"),
            NoToken::Refused(refusal) => refusal.fmt(f),
            NoToken::Storage(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NoToken {}
