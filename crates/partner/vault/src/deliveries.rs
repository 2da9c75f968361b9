use std::time::Duration;

use db::{Error, Row, Tx, values};
use protocol::{MINUTE, Timestamp};
use uuid::Uuid;

use crate::due::share;
use crate::events::{self, Event};
use crate::{Vault, columns};

/// By which way somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Webhook,
    Mail,
}

/// One telling of one event to one address, which this process is to make now.
pub(crate) struct Delivery {
    pub id: Uuid,
    pub way: Way,
    pub target: String,
    pub event: Event,
    attempts: i64,
}

/// A telling is this process's alone for so long.
const CLAIM: Duration = Duration::from_secs(120);
/// After so many attempts, over more than three days, it is given up.
const ATTEMPTS: i64 = 24;
const LONGEST_PAUSE: Duration = Duration::from_secs(4 * 3_600);

impl Way {
    const fn as_str(self) -> &'static str {
        match self {
            Way::Webhook => "webhook",
            Way::Mail => "mail",
        }
    }
}

impl Vault {
    /// Addresses what has happened since: each event once to each of its addresses.
    pub(crate) async fn address_events(
        &self,
        addresses: impl Fn(&Event) -> Vec<(Way, String)>,
    ) -> Result<(), Error> {
        let now = self.clock().now();
        let sql = format!(
            "{} WHERE events.addressed_at IS NULL ORDER BY events.created_at LIMIT 200",
            events::SELECT
        );
        let mut tx = self.db().write().await?;
        for row in &tx.query(&sql, &[]).await? {
            let event = events::read(row)?;
            for (way, target) in addresses(&event) {
                tx.execute(
                    "INSERT INTO deliveries (id, event_id, way, target, next_at)
                     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (event_id, way, target) DO NOTHING",
                    &values![
                        self.entropy().uuid().to_string(),
                        event.id.to_string(),
                        way.as_str(),
                        target,
                        now.as_micros(),
                    ],
                )
                .await?;
            }
            tx.execute(
                "UPDATE events SET addressed_at = $1 WHERE id = $2",
                &values![now.as_micros(), event.id.to_string()],
            )
            .await?;
        }
        tx.commit().await
    }

    /// Claims the tellings that are due.
    pub(crate) async fn claim_deliveries(&self) -> Result<Vec<Delivery>, Error> {
        let now = self.clock().now();
        let mut tx = self.db().write().await?;
        let claimed = tx
            .query(
                "UPDATE deliveries SET next_at = $1, attempts = attempts + 1
                 WHERE id IN (SELECT id FROM deliveries WHERE next_at <= $2
                              ORDER BY next_at LIMIT 50) AND next_at <= $2
                 RETURNING id, event_id, way, target, attempts",
                &values![(now + CLAIM).as_micros(), now.as_micros()],
            )
            .await?;
        let mut deliveries = Vec::new();
        for row in &claimed {
            deliveries.extend(with_event(&mut tx, row).await?);
        }
        tx.commit().await?;
        Ok(deliveries)
    }

    pub(crate) async fn delivered(&self, delivery: &Delivery) -> Result<(), Error> {
        let now = self.clock().now();
        self.settle(
            "UPDATE deliveries SET delivered_at = $1, next_at = NULL, failure = NULL WHERE id = $2",
            &values![now.as_micros(), delivery.id.to_string()],
        )
        .await
    }

    /// To be tried again after a growing pause, until it is given up.
    pub(crate) async fn not_delivered(&self, delivery: &Delivery, why: &str) -> Result<(), Error> {
        let doublings = u32::try_from(delivery.attempts.clamp(0, 10)).unwrap_or(10);
        let pause = (MINUTE * 2_u32.pow(doublings) / 2).min(LONGEST_PAUSE);
        let next = self.clock().now() + pause + share(pause / 4, self.entropy());
        let next = (delivery.attempts < ATTEMPTS).then_some(next);
        self.settle(
            "UPDATE deliveries SET next_at = $1, failure = $2 WHERE id = $3",
            &values![next.map(Timestamp::as_micros), why, delivery.id.to_string()],
        )
        .await
    }

    async fn settle(&self, sql: &str, parameters: &[db::Value]) -> Result<(), Error> {
        let mut tx = self.db().write().await?;
        tx.execute(sql, parameters).await?;
        tx.commit().await
    }
}

async fn with_event(tx: &mut Tx, row: &Row) -> Result<Option<Delivery>, Error> {
    let event_id: String = row.get("event_id")?;
    let sql = format!("{} WHERE events.id = $1", events::SELECT);
    let Some(event) = tx.query_opt(&sql, &values![event_id]).await? else {
        return Ok(None);
    };
    let way: String = row.get("way")?;
    Ok(Some(Delivery {
        id: columns::uuid(row, "id")?,
        way: if way == "mail" {
            Way::Mail
        } else {
            Way::Webhook
        },
        target: row.get("target")?,
        event: events::read(&event)?,
        attempts: row.get("attempts")?,
    }))
}
