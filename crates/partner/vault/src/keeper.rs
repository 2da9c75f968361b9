use std::sync::Arc;
use std::time::Duration;

use protocol::{AppId, MINUTE, Timestamp};
use tokio::task::JoinSet;

use crate::broker::Want;
use crate::connections::Due;
use crate::due::{EARLIEST, next_attempt};
use crate::platforms::{Platform, Whose};
use crate::{Broker, ConnectionState, NoToken};

/// How the keeper works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeeperConfig {
    /// Refreshes that it begins per second, at each platform.
    pub per_second: u32,
    /// Refreshes of it that are under way at once, at each platform.
    pub at_once: usize,
}

/// How often the keeper looks, unless told otherwise.
pub const KEEPER_ROUND: Duration = MINUTE;

/// What came of one attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Refreshed,
    /// The platform did not answer, or not yet.
    Silence,
    Refused,
}

impl Default for KeeperConfig {
    fn default() -> KeeperConfig {
        KeeperConfig {
            per_second: 10,
            at_once: 4,
        }
    }
}

impl Broker {
    /// Keeps connections alive until it is dropped: spawn it once. It looks at the clock each
    /// `every`, which is real time also where the clock is virtual.
    pub async fn keep(self, every: Duration) {
        loop {
            if let Err(error) = self.keep_once().await {
                tracing::error!(reason = %error, "the keeper could not look after the connections");
            }
            tokio::time::sleep(every).await;
        }
    }

    /// One round: refreshes what is due (TM-03), ends what is being ended, tells of what happened,
    /// removes what has expired. Gives the number of connections that were refreshed.
    pub async fn keep_once(&self) -> Result<usize, db::Error> {
        if self.vault.was_restored().await? {
            self.vault.restored().await?;
        }
        self.vault.forget_flows().await?;
        self.vault.free_exchanges().await?;
        self.vault.forget_sessions().await?;
        self.vault.forget_expired_access().await?;
        self.forget_expired();
        let refreshed = self.look_after_all().await?;
        self.vault.alert_expiring().await?;
        self.vault.flush_usage().await?;
        self.measure().await?;
        if let Some(notifier) = &self.notifier {
            notifier.tell_once(&self.vault).await?;
        }
        Ok(refreshed)
    }

    /// Looks after the connections at each platform, side by side: one that is silent holds up none
    /// of the others.
    async fn look_after_all(&self) -> Result<usize, db::Error> {
        let mut running = JoinSet::new();
        for platform in self.platforms.iter() {
            let (broker, platform) = (self.clone(), platform.clone());
            running.spawn(async move { broker.look_after(&platform).await });
        }
        let mut refreshed = 0;
        while let Some(done) = running.join_next().await {
            let broken = |_| db::Error::Program("a round of the keeper was broken off".to_owned());
            refreshed += done.map_err(broken)??;
        }
        Ok(refreshed)
    }

    async fn look_after(&self, platform: &Arc<Platform>) -> Result<usize, db::Error> {
        let others: Vec<AppId> = self
            .platforms
            .iter()
            .filter(|other| !Arc::ptr_eq(other, platform))
            .flat_map(|other| other.apps.clone())
            .collect();
        // An app that stands in no configuration is of the first platform, and asks nobody.
        let is_first = Arc::ptr_eq(platform, &self.platforms[0]);
        let whose = match is_first {
            true => Whose::AllBut(&others),
            false => Whose::Of(&platform.apps),
        };
        self.end_due(whose).await?;
        self.refresh_due(platform, whose).await
    }

    async fn end_due(&self, whose: Whose<'_>) -> Result<(), db::Error> {
        let now = self.vault.clock().now();
        let due = self
            .vault
            .due(whose, ConnectionState::Disconnecting, now, 100);
        for due in due.await? {
            let next = next_attempt(3, now, self.vault.entropy());
            self.vault.put_off(due.id, next).await?;
            self.part(due.id).await?;
            self.vault.erase_ended(due.id).await?;
        }
        Ok(())
    }

    /// Refreshes what a minute's share of the configured rate allows. While the platform is silent
    /// one connection alone is tried; as soon as it answers, all the others follow.
    async fn refresh_due(&self, at: &Platform, whose: Whose<'_>) -> Result<usize, db::Error> {
        let now = self.vault.clock().now();
        let mut refreshed = 0;
        if at.set_silent(false) {
            let soon = now + Duration::from_secs(3 * 3_600);
            let probes = self.vault.due(whose, ConnectionState::Connected, soon, 1);
            for probe in probes.await? {
                if self.keep_alive(probe).await == Attempt::Silence {
                    at.set_silent(true);
                    return Ok(0);
                }
                refreshed += 1;
            }
            self.vault.hasten(whose).await?;
        }
        Ok(refreshed + self.refresh_batch(at, whose, now).await?)
    }

    async fn refresh_batch(
        &self,
        at: &Platform,
        whose: Whose<'_>,
        now: Timestamp,
    ) -> Result<usize, db::Error> {
        let per_minute = i64::from(self.config.per_second.max(1)) * 60;
        let pause = Duration::from_secs(1) / self.config.per_second.max(1);
        let due = self
            .vault
            .due(whose, ConnectionState::Connected, now, per_minute);
        let mut running = JoinSet::new();
        let (mut refreshed, mut silent) = (0, 0);
        for (at, due) in due.await?.into_iter().enumerate() {
            if at > 0 {
                tokio::time::sleep(pause).await;
            }
            if running.len() >= self.config.at_once.max(1)
                && let Some(Ok(attempt)) = running.join_next().await
            {
                count(attempt, &mut refreshed, &mut silent);
            }
            if silent > 2 && refreshed == 0 {
                break;
            }
            let broker = self.clone();
            running.spawn(async move { broker.keep_alive(due).await });
        }
        while let Some(attempt) = running.join_next().await {
            count(
                attempt.unwrap_or(Attempt::Refused),
                &mut refreshed,
                &mut silent,
            );
        }
        at.set_silent(silent > 0 && refreshed == 0);
        Ok(refreshed)
    }

    async fn keep_alive(&self, due: Due) -> Attempt {
        let want = Want {
            after: Some(due.generation),
            ..Want::CURRENT
        };
        match self.access(due.app, due.principal, want).await {
            Ok(_) => Attempt::Refreshed,
            Err(why) => {
                tracing::warn!(
                    connection.id = %due.id, app.id = %due.app, reason = %why,
                    "a connection could not be refreshed"
                );
                let silence = matches!(&why, NoToken::Refused(refusal) if refusal.is_transient());
                if silence {
                    Attempt::Silence
                } else {
                    Attempt::Refused
                }
            }
        }
    }

    async fn measure(&self) -> Result<(), db::Error> {
        for (days, number) in self.vault.count_expiring().await? {
            metrics::gauge!("connections_expiring", "days" => days.to_string()).set(number as f64);
        }
        let counts = self.vault.count_connections().await?;
        for (state, number) in [
            (ConnectionState::Connected, counts.connected),
            (ConnectionState::NeedsReconnect, counts.needs_reconnect),
            (ConnectionState::Disconnecting, counts.disconnecting),
            (ConnectionState::Disconnected, counts.disconnected),
        ] {
            metrics::gauge!("vault_connections", "state" => state.as_str()).set(number as f64);
        }
        Ok(())
    }
}

fn count(attempt: Attempt, refreshed: &mut usize, silent: &mut usize) {
    match attempt {
        Attempt::Refreshed => *refreshed += 1,
        Attempt::Silence => *silent += 1,
        Attempt::Refused => {}
    }
}

const _: () = assert!(
    EARLIEST.as_secs() > 3 * 3_600,
    "a probe is never of a new token"
);
