use client::{Reason, Tokens};
use protocol::AppId;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::broker::held;
use crate::connections::{Replacement, Stored};
use crate::{AccessToken, Broker, ConnectionState, NoToken};

impl Broker {
    /// Refreshes once, keeps what came, and gives the access token.
    ///
    /// On 108 the store is read again: another process may have been faster. Then the token before
    /// is tried, if one is kept. Only when both are refused is the customer asked to reconnect;
    /// nothing else ever changes the connection's state (S49).
    pub(crate) async fn renew(&self, app: AppId, principal: Uuid) -> Result<AccessToken, NoToken> {
        let mut stored = self.stored(app, principal).await?;
        let current = stored.refresh_token.clone().ok_or(NoToken::NotConnected)?;
        let mut used = current;
        let mut result = self.refresh(&stored, &used).await;
        if is_gone(&result) {
            let again = self.stored(app, principal).await?;
            let newer = again.generation != stored.generation;
            let fallback = if newer {
                again.refresh_token.clone()
            } else {
                again.previous.clone()
            };
            stored = again;
            if let Some(token) = fallback {
                used = token;
                result = self.refresh(&stored, &used).await;
            }
        }
        match result {
            Ok(tokens) => self.keep_tokens(&stored, &used, &tokens).await,
            gone if is_gone(&gone) => {
                self.mark_gone(&stored).await?;
                Err(NoToken::NeedsReconnect)
            }
            Err(other) => Err(other),
        }
    }

    async fn stored(&self, app: AppId, principal: Uuid) -> Result<Stored, NoToken> {
        let stored = self.vault.stored(app, principal).await?;
        stored.ok_or(NoToken::NotConnected)
    }

    async fn refresh(&self, stored: &Stored, with: &SecretString) -> Result<Tokens, NoToken> {
        let connection = &stored.connection;
        let credentials = self.credentials(connection.app)?;
        let outcome = self
            .client
            .refresh(credentials, &connection.geolocation, with, None)
            .await;
        let logged = self.vault.log_calls(connection.id, &outcome.calls).await;
        if let Err(error) = logged {
            // The tokens matter more than the log of how they came.
            tracing::error!(reason = %error, "calls could not be logged");
        }
        outcome.result.map_err(NoToken::Refused)
    }

    /// Durable first, handed out second (S47).
    async fn keep_tokens(
        &self,
        stored: &Stored,
        used: &SecretString,
        tokens: &Tokens,
    ) -> Result<AccessToken, NoToken> {
        let new = tokens.refresh_token.as_ref().unwrap_or(used);
        let rotated = new.expose_secret() != used.expose_secret();
        let replacement = Replacement {
            refresh_token: new,
            previous: rotated.then_some(used),
            geolocation: &tokens.geolocation,
            scope: &tokens.scope,
            refresh_expires_at: tokens.refresh_expires_at,
        };
        let kept = self.vault.replace_tokens(stored, replacement).await?;
        if !kept {
            let connection = &stored.connection;
            let now = self.stored(connection.app, connection.principal).await?;
            if now.connection.state == ConnectionState::Disconnected {
                return Err(NoToken::NotConnected);
            }
        }
        Ok(held(tokens))
    }

    async fn mark_gone(&self, stored: &Stored) -> Result<(), NoToken> {
        let connection = &stored.connection;
        let connected = ConnectionState::Connected;
        let changed = self
            .vault
            .move_state(
                connection.id,
                [connected, connected],
                ConnectionState::NeedsReconnect,
            )
            .await?;
        if changed {
            tracing::warn!(
                connection.id = %connection.id, app.id = %connection.app,
                principal.id = %connection.principal, "the customer must reconnect"
            );
        }
        Ok(())
    }
}

fn is_gone(result: &Result<Tokens, NoToken>) -> bool {
    matches!(result, Err(NoToken::Refused(refusal)) if refusal.reason == Reason::ConnectionGone)
}
