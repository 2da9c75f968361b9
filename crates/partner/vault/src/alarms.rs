use client::Refusal;
use db::{Error, Tx, values};
use protocol::{AppId, DAY, Timestamp};

use crate::events::{self, Happening};
use crate::{Vault, columns};

/// The platform refused an app itself: the latest time that was told of, and its number, 0 where it
/// gave none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarm {
    pub app: AppId,
    pub number: i64,
    pub raised_at: Timestamp,
}

/// What was raised since then.
pub(crate) async fn since(tx: &mut Tx, then: Timestamp) -> Result<Vec<Alarm>, Error> {
    let rows = tx
        .query(
            "SELECT app, number, raised_at FROM alarms WHERE raised_at > $1 ORDER BY app, number",
            &values![then.as_micros()],
        )
        .await?;
    let alarm = |row: &db::Row| {
        Ok(Alarm {
            app: AppId::from_uuid(columns::uuid(row, "app")?),
            number: row.get("number")?,
            raised_at: Timestamp::from_micros(row.get("raised_at")?),
        })
    };
    rows.iter().map(alarm).collect()
}

impl Vault {
    /// The platform refuses the app itself: whoever runs it is told, at most once a day for each
    /// number. No connection changes by it (S49).
    pub(crate) async fn raise_alarm(&self, app: AppId, refusal: &Refusal) -> Result<(), Error> {
        let number = i64::from(refusal.code.unwrap_or(0));
        let now = self.clock().now();
        let mut tx = self.db().write().await?;
        let raised = tx
            .execute(
                "INSERT INTO alarms (app, number, raised_at) VALUES ($1, $2, $3)
                 ON CONFLICT (app, number) DO UPDATE SET raised_at = excluded.raised_at
                 WHERE alarms.raised_at <= $4",
                &values![
                    app.to_string(),
                    number,
                    now.as_micros(),
                    (now - DAY).as_micros()
                ],
            )
            .await?;
        if raised > 0 {
            let what = Happening::AppRefused { number };
            events::insert_for(&mut tx, self, (app, None), what).await?;
            tracing::error!(app.id = %app, reason = %refusal, "the platform refuses the app itself");
        }
        tx.commit().await?;
        let code = number.to_string();
        metrics::counter!("vault_app_alarms_total", "app" => app.to_string(), "code" => code)
            .increment(1);
        Ok(())
    }
}
