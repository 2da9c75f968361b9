use std::time::{Duration, Instant};

use ambient::Failpoint;
use client::{Call, Refusal, Remedy, Standing, Tokens};
use protocol::{AppId, MINUTE};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::broker::{Want, held};
use crate::connections::{Failure, Kept, Stored, is_alive};
use crate::due::{is_fresh, next_attempt, share};
use crate::{AccessToken, Broker, ConnectionState, NoToken, Usage};

/// What a lease lasts beyond the longest call: the time to write what came.
const MARGIN: Duration = Duration::from_secs(5);
/// How often somebody who waits for another process looks.
const LOOK: Duration = Duration::from_millis(100);

impl Broker {
    /// The shared token, or one from the platform. One process refreshes; the others wait for what
    /// it brings, and go on by themselves when it does not come (S46).
    pub(crate) async fn obtain(
        &self,
        app: AppId,
        principal: Uuid,
        want: Want,
    ) -> Result<AccessToken, NoToken> {
        let begun = Instant::now();
        let time_to_live = self.time_to_live(app);
        let patience = 2 * time_to_live + MARGIN;
        let mut first_seen = None;
        loop {
            let seen = self.stored(app, principal).await?;
            Failpoint::VaultLooked.reached();
            refuse(&seen, &want)?;
            let now = self.vault.clock().now();
            let first = *first_seen.get_or_insert(seen.generation);
            if let Some(token) = seen.access.as_ref().filter(|_| !self.in_memory_only) {
                // Somebody has refreshed since we began to wait: more cannot be had.
                let anew = token.generation > first && is_fresh(token.expires_at, now, MINUTE);
                if anew || want.is_met_by(token, now) {
                    return Ok(token.clone());
                }
            }
            let is_free = seen.lease_until.is_none_or(|until| until <= now);
            if is_free && let Some(lease) = self.vault.take_lease(&seen, time_to_live).await? {
                Failpoint::VaultLeased.reached();
                return self.renew(lease).await;
            }
            if begun.elapsed() > patience {
                let why = "another process is refreshing, and has not come to an end";
                return Err(Refusal::new(client::Reason::Transient, why).into());
            }
            tokio::time::sleep(LOOK / 2 + share(LOOK, self.vault.entropy())).await;
        }
    }

    /// Refreshes under a lease, keeps what came, and gives the access token.
    ///
    /// On 108 the store is read again: a late writer may have brought something newer. Then the
    /// token before is tried, if one is kept. Only when all are refused is the customer asked to
    /// reconnect; nothing else ever changes the connection's state (S49).
    async fn renew(&self, lease: Stored) -> Result<AccessToken, NoToken> {
        let mut calls = Vec::new();
        match self.ask(&lease, &mut calls).await? {
            Ok((used, tokens)) => self.keep_tokens(&lease, &used, &tokens, &calls).await,
            Err(refusal) if refusal.remedy() == Remedy::Reconnect => {
                self.gone(&lease, &calls).await
            }
            Err(refusal) => {
                self.failed(&lease, &refusal, &calls).await?;
                Err(NoToken::Refused(refusal))
            }
        }
    }

    /// Presents what is stored, one token after the other, until one is accepted or the platform
    /// says anything but "I do not know this one".
    async fn ask(
        &self,
        lease: &Stored,
        calls: &mut Vec<Call>,
    ) -> Result<Result<(SecretString, Tokens), Refusal>, NoToken> {
        let connection = &lease.connection;
        let (app, principal) = (connection.app, connection.principal);
        let current = lease.refresh_token.clone().ok_or(NoToken::NotConnected)?;
        if lease.doubtful {
            match self.standing(lease, &current, calls).await {
                Ok(Standing::Active | Standing::NotTold) => {}
                Ok(Standing::Inactive) => return Ok(Err(unknown_by_standing())),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        let first = self.present(lease, &current, calls).await;
        if !is_gone(&first) || lease.doubtful {
            return Ok(first.map(|tokens| (current, tokens)));
        }
        let again = self.stored(app, principal).await?;
        let newer = again
            .refresh_token
            .filter(|token| token.expose_secret() != current.expose_secret());
        let mut last = first;
        for token in [newer, again.previous].into_iter().flatten() {
            if !self
                .vault
                .extend_lease(lease, self.time_to_live(app))
                .await?
            {
                return Ok(Err(lease_lost()));
            }
            last = self.present(lease, &token, calls).await;
            if !is_gone(&last) {
                return Ok(last.map(|tokens| (token, tokens)));
            }
        }
        Ok(last.map(|tokens| (current, tokens)))
    }

    async fn present(
        &self,
        lease: &Stored,
        token: &SecretString,
        calls: &mut Vec<Call>,
    ) -> Result<Tokens, Refusal> {
        let connection = &lease.connection;
        let app = self.registered(connection.app)?;
        let outcome = app
            .client
            .refresh(&app.credentials, &connection.geolocation, token, None)
            .await;
        Failpoint::VaultAnswered.reached();
        calls.extend(outcome.calls);
        self.vault
            .count_usage(connection.app, connection.principal, Usage::Refresh);
        if outcome.result.is_err() {
            self.vault
                .count_usage(connection.app, connection.principal, Usage::FailedRefresh);
        }
        let outcome_name = match &outcome.result {
            Ok(_) => "ok",
            Err(refusal) => refusal.reason.as_str(),
        };
        metrics::counter!("vault_refreshes_total", "app" => connection.app.to_string(), "outcome" => outcome_name)
            .increment(1);
        outcome.result
    }

    /// Asks how a token stands that comes from a backup, without presenting it (S59).
    async fn standing(
        &self,
        lease: &Stored,
        token: &SecretString,
        calls: &mut Vec<Call>,
    ) -> Result<Standing, Refusal> {
        let connection = &lease.connection;
        let app = self.registered(connection.app)?;
        let outcome = app
            .client
            .introspect(&app.credentials, &connection.geolocation, token)
            .await;
        calls.extend(outcome.calls);
        outcome.result
    }

    /// Durable first, handed out second (S47).
    async fn keep_tokens(
        &self,
        lease: &Stored,
        used: &SecretString,
        tokens: &Tokens,
        calls: &[Call],
    ) -> Result<AccessToken, NoToken> {
        let shared = !self.in_memory_only;
        let kept = self.vault.keep_tokens(lease, used, tokens, (calls, shared));
        if let Kept::Yes(generation) = kept.await? {
            Failpoint::VaultHanded.reached();
            return Ok(held(tokens, generation));
        }
        // A later lease has written: what it brought is what counts.
        let connection = &lease.connection;
        let now = self.stored(connection.app, connection.principal).await?;
        match now.connection.state {
            ConnectionState::Disconnected => Err(NoToken::NotConnected),
            _ => Ok(now.access.unwrap_or_else(|| held(tokens, lease.generation))),
        }
    }

    async fn gone(&self, lease: &Stored, calls: &[Call]) -> Result<AccessToken, NoToken> {
        let connection = &lease.connection;
        if !self.vault.mark_gone(lease, calls).await? {
            return Err(lease_lost().into());
        }
        tracing::warn!(
            connection.id = %connection.id, app.id = %connection.app,
            principal.id = %connection.principal, "the customer must reconnect"
        );
        Err(NoToken::NeedsReconnect)
    }

    async fn failed(
        &self,
        lease: &Stored,
        refusal: &Refusal,
        calls: &[Call],
    ) -> Result<(), NoToken> {
        let now = self.vault.clock().now();
        let why = match (refusal.reason, refusal.code) {
            (client::Reason::Transient, _) | (_, None) => refusal.reason.as_str().to_owned(),
            (reason, Some(code)) => format!("{} {code}", reason.as_str()),
        };
        let failure = Failure {
            why,
            due_at: next_attempt(lease.failures, now, self.vault.entropy()),
            calls,
        };
        self.vault.note_failure(lease, failure).await?;
        if refusal.remedy() == Remedy::Alarm {
            self.vault
                .raise_alarm(lease.connection.app, refusal)
                .await?;
        }
        Ok(())
    }

    async fn stored(&self, app: AppId, principal: Uuid) -> Result<Stored, NoToken> {
        let stored = self.vault.stored(app, principal).await?;
        stored.ok_or(NoToken::NotConnected)
    }

    /// Of a lease: an app that stands in no configuration calls nobody.
    fn time_to_live(&self, app: AppId) -> Duration {
        let longest = self.client(app).map(client::Client::longest);
        longest.unwrap_or_default() + MARGIN
    }
}

fn refuse(seen: &Stored, want: &Want) -> Result<(), NoToken> {
    match seen.connection.state {
        ConnectionState::NeedsReconnect => Err(NoToken::NeedsReconnect),
        ConnectionState::Disconnecting if !want.ending => Err(NoToken::NotConnected),
        _ if is_alive(&seen.connection) => Ok(()),
        _ => Err(NoToken::NotConnected),
    }
}

fn unknown_by_standing() -> Refusal {
    let why = "the platform would not accept the token any more";
    Refusal::new(client::Reason::ConnectionGone, why)
}

fn lease_lost() -> Refusal {
    let why = "another process has begun to refresh";
    Refusal::new(client::Reason::Transient, why)
}

fn is_gone(result: &Result<Tokens, Refusal>) -> bool {
    matches!(result, Err(refusal) if refusal.remedy() == Remedy::Reconnect)
}
