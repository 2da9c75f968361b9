use db::{Error, Row, Tx, values};
use protocol::Timestamp;

use crate::App;
use crate::audit::{self, Action, By, Change};
use crate::columns::time;

/// An operator's word that tokens from before an instant are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotBefore {
    /// The data center's name; `None` is the whole platform.
    pub data_center: Option<String>,
    pub issued_before: Timestamp,
    /// Whether refresh tokens are refused, too.
    pub refresh_tokens: bool,
}

/// What holds for the tokens of one data center: the latest instants that were set for it and for
/// the whole platform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Floor {
    access_tokens: Option<Timestamp>,
    refresh_tokens: Option<Timestamp>,
}

impl Floor {
    /// `issued_at` as the token says it, in whole seconds: of the second in which the instant lies,
    /// all tokens are refused.
    pub fn refuses_access_token(&self, issued_at: Timestamp) -> bool {
        self.access_tokens.is_some_and(|floor| issued_at < floor)
    }

    pub fn refuses_refresh_token(&self, issued_at: Timestamp) -> bool {
        self.refresh_tokens.is_some_and(|floor| issued_at < floor)
    }
}

/// The name under which the whole platform stands in the table.
const EVERYWHERE: &str = "";

/// What holds for a data center.
pub async fn of(tx: &mut Tx, data_center: &str) -> Result<Floor, Error> {
    let row = tx
        .query_opt(
            "SELECT MAX(issued_before) AS access_tokens,
               MAX(CASE WHEN refresh_tokens THEN issued_before END) AS refresh_tokens
             FROM not_before WHERE data_center IN ($1, $2)",
            &values![data_center, EVERYWHERE],
        )
        .await?;
    let Some(row) = row else {
        return Ok(Floor::default());
    };
    let instant = |name| -> Result<Option<Timestamp>, Error> {
        let micros: Option<i64> = row.get(name)?;
        Ok(micros.map(Timestamp::from_micros))
    };
    Ok(Floor {
        access_tokens: instant("access_tokens")?,
        refresh_tokens: instant("refresh_tokens")?,
    })
}

/// Everything that is set, the whole platform first.
pub async fn all(tx: &mut Tx) -> Result<Vec<NotBefore>, Error> {
    let rows = tx
        .query(
            "SELECT data_center, issued_before, refresh_tokens FROM not_before
             ORDER BY data_center",
            &[],
        )
        .await?;
    rows.iter().map(from_row).collect()
}

/// Sets an instant, in the place of one that was set for the same data center.
pub async fn set(app: &App, tx: &mut Tx, new: &NotBefore, by: By<'_>) -> Result<(), Error> {
    let place = new.data_center.as_deref().unwrap_or(EVERYWHERE);
    tx.execute(
        "INSERT INTO not_before (data_center, issued_before, refresh_tokens) VALUES ($1, $2, $3)
         ON CONFLICT (data_center) DO UPDATE SET issued_before = excluded.issued_before,
           refresh_tokens = excluded.refresh_tokens",
        &values![place, new.issued_before.as_micros(), new.refresh_tokens],
    )
    .await?;
    let tokens = match new.refresh_tokens {
        true => "access and refresh tokens",
        false => "access tokens",
    };
    let subject = format!(
        "{}: {tokens} before {}",
        shown(place),
        new.issued_before.to_rfc3339()
    );
    record(app, tx, (Action::NotBeforeSet, &subject), by).await
}

/// Takes back what was set for a data center, or for the whole platform; what was set for another
/// stays. `false` when there was nothing.
pub async fn lift(
    app: &App,
    tx: &mut Tx,
    data_center: Option<&str>,
    by: By<'_>,
) -> Result<bool, Error> {
    let place = data_center.unwrap_or(EVERYWHERE);
    let lifted = tx
        .execute(
            "DELETE FROM not_before WHERE data_center = $1",
            &values![place],
        )
        .await?;
    if lifted > 0 {
        record(app, tx, (Action::NotBeforeLifted, shown(place)), by).await?;
    }
    Ok(lifted > 0)
}

fn shown(place: &str) -> &str {
    match place {
        EVERYWHERE => "everywhere",
        center => center,
    }
}

async fn record(
    app: &App,
    tx: &mut Tx,
    (action, subject): (Action, &str),
    by: By<'_>,
) -> Result<(), Error> {
    let change = Change {
        action,
        company: None,
        app: None,
        subject,
    };
    audit::record(tx, &app.entropy, by, change).await
}

fn from_row(row: &Row) -> Result<NotBefore, Error> {
    let place: String = row.get("data_center")?;
    Ok(NotBefore {
        data_center: Some(place).filter(|place| place != EVERYWHERE),
        issued_before: time(row, "issued_before")?,
        refresh_tokens: row.get("refresh_tokens")?,
    })
}
