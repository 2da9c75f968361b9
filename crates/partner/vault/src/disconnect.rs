use client::{Reason, Refusal};
use uuid::Uuid;

use crate::broker::Want;
use crate::{Broker, Connection, ConnectionState, NoToken};

/// How far a disconnection got.
#[derive(Debug, PartialEq, Eq)]
pub enum Parting {
    /// Ended on both sides; the tokens are destroyed.
    Done,
    /// Ended here; the platform will be told as soon as it can be (S54).
    Later(Refusal),
}

impl Broker {
    /// Ends a connection: revokes it at the platform with a fresh access token, then destroys the
    /// tokens. From the first moment on no access token is handed out any more.
    pub async fn disconnect(&self, id: Uuid) -> Result<Parting, db::Error> {
        self.vault.begin_to_end(id).await?;
        let broker = self.clone();
        let task = tokio::spawn(async move { broker.part(id).await });
        task.await.unwrap_or_else(|_| {
            Err(db::Error::Program(
                "a disconnection was broken off".to_owned(),
            ))
        })
    }

    /// Takes the next step of a connection that is being ended.
    pub(crate) async fn part(&self, id: Uuid) -> Result<Parting, db::Error> {
        let connection = match self.vault.connection(id).await? {
            Some(connection) if connection.state == ConnectionState::Disconnecting => connection,
            _ => return Ok(Parting::Done),
        };
        match self.tell(&connection).await {
            // The platform has ended it itself: there is nothing left to revoke.
            Ok(()) | Err(NoToken::NeedsReconnect | NoToken::NotConnected) => {
                self.vault.shred(id).await?;
                self.forget(connection.app, connection.principal).await;
                tracing::info!(connection.id = %id, app.id = %connection.app, "disconnected");
                Ok(Parting::Done)
            }
            Err(NoToken::Refused(refusal)) => {
                tracing::warn!(connection.id = %id, reason = %refusal, "disconnecting will be tried again");
                Ok(Parting::Later(refusal))
            }
            Err(NoToken::Storage(error)) => Err(error),
        }
    }

    async fn tell(&self, connection: &Connection) -> Result<(), NoToken> {
        let (app, principal) = (connection.app, connection.principal);
        let mut want = Want {
            ending: true,
            ..Want::CURRENT
        };
        loop {
            let token = self.access(app, principal, want).await?;
            let client = self.client(app)?;
            let outcome = client.revoke(&token.geolocation, &token.value).await;
            self.vault.log_calls(connection.id, &outcome.calls).await?;
            match outcome.result {
                Err(refusal)
                    if refusal.reason == Reason::AccessTokenRefused && want.after.is_none() =>
                {
                    want.after = Some(token.generation);
                }
                result => return result.map_err(NoToken::Refused),
            }
        }
    }
}
