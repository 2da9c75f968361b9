use std::time::Duration;

use db::{Row, values};
use protocol::{AppId, Timestamp};
use uuid::Uuid;

use crate::audit_log::{self, On};
use crate::{Action, Vault, columns};

/// What somebody wrote in the contact form.
pub struct NewInquiry {
    /// Of the form as it was sent: sent once more, it is the same inquiry.
    pub id: Uuid,
    pub app: AppId,
    pub name: String,
    pub email: String,
    pub company_name: String,
    pub message: String,
}

/// An inquiry in the console's inbox.
#[derive(Clone, Debug)]
pub struct Inquiry {
    pub id: Uuid,
    pub app: AppId,
    pub name: String,
    pub email: String,
    pub company_name: String,
    pub message: String,
    pub created_at: Timestamp,
    /// `None` while it is open.
    pub answered_at: Option<Timestamp>,
    /// Name of the member of staff.
    pub answered_by: Option<String>,
}

const COLUMNS: &str =
    "id, app, name, email, company_name, message, created_at, answered_at, answered_by";

/// How many inquiries there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InquiryCounts {
    pub open: i64,
    pub answered: i64,
}

impl Vault {
    /// Puts it into the inbox, where a form that was sent twice, because nobody saw its answer, stands
    /// once. Had it been answered, it is open again.
    pub async fn add_inquiry(&self, new: NewInquiry) -> Result<(), db::Error> {
        let mut tx = self.db().write().await?;
        tx.execute(
            "INSERT INTO inquiries (id, app, name, email, company_name, message, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (id) DO UPDATE SET answered_at = NULL, answered_by = NULL",
            &values![
                new.id.to_string(),
                new.app.to_string(),
                new.name,
                new.email,
                new.company_name,
                new.message,
                self.clock().now().as_micros(),
            ],
        )
        .await?;
        tx.commit().await
    }

    /// Open ones, the longest waiting first; or answered ones, the latest first. A page of them.
    pub async fn inquiries(
        &self,
        open: bool,
        (offset, limit): (i64, i64),
    ) -> Result<Vec<Inquiry>, db::Error> {
        let which = match open {
            true => "answered_at IS NULL ORDER BY created_at, id",
            false => "answered_at IS NOT NULL ORDER BY answered_at DESC, id",
        };
        let sql = format!("SELECT {COLUMNS} FROM inquiries WHERE {which} LIMIT $1 OFFSET $2");
        let mut tx = self.db().read().await?;
        let rows = tx.query(&sql, &values![limit, offset]).await?;
        rows.iter().map(read).collect()
    }

    /// How many inquiries of each app nobody has answered, and when the oldest of them came.
    pub async fn open_inquiries(&self) -> Result<Vec<(AppId, i64, Timestamp)>, db::Error> {
        let mut tx = self.db().read().await?;
        let rows = tx
            .query(
                "SELECT app, COUNT(*) AS number, MIN(created_at) AS oldest FROM inquiries
                 WHERE answered_at IS NULL GROUP BY app",
                &[],
            )
            .await?;
        let of = |row: &Row| {
            let app = AppId::from_uuid(columns::uuid(row, "app")?);
            Ok((app, row.get("number")?, columns::time(row, "oldest")?))
        };
        rows.iter().map(of).collect()
    }

    /// Open inquiries that are older than `after` and of which nobody was reminded for `every`, the
    /// oldest first. They count as reminded of now: of several processes one gets each.
    pub async fn claim_reminders(
        &self,
        after: Duration,
        every: Duration,
    ) -> Result<Vec<Inquiry>, db::Error> {
        let now = self.clock().now();
        let sql = format!(
            "UPDATE inquiries SET reminded_at = $1
             WHERE answered_at IS NULL AND created_at <= $2
                 AND (reminded_at IS NULL OR reminded_at <= $3)
             RETURNING {COLUMNS}"
        );
        let mut tx = self.db().write().await?;
        let rows = tx
            .query(
                &sql,
                &values![
                    now.as_micros(),
                    (now - after).as_micros(),
                    (now - every).as_micros(),
                ],
            )
            .await?;
        let mut claimed: Vec<Inquiry> = rows.iter().map(read).collect::<Result<_, _>>()?;
        tx.commit().await?;
        claimed.sort_by_key(|inquiry| (inquiry.created_at, inquiry.id));
        Ok(claimed)
    }

    /// Nobody could be reminded of these: it is tried again.
    pub async fn release_reminders(&self, claimed: &[Inquiry]) -> Result<(), db::Error> {
        let mut tx = self.db().write().await?;
        for inquiry in claimed {
            tx.execute(
                "UPDATE inquiries SET reminded_at = NULL WHERE id = $1",
                &values![inquiry.id.to_string()],
            )
            .await?;
        }
        tx.commit().await
    }

    pub async fn count_inquiries(&self) -> Result<InquiryCounts, db::Error> {
        let mut tx = self.db().read().await?;
        let mut counts = [0, 0];
        for (count, condition) in counts.iter_mut().zip(["IS NULL", "IS NOT NULL"]) {
            let sql = format!("SELECT COUNT(*) AS n FROM inquiries WHERE answered_at {condition}");
            let row = tx.query_opt(&sql, &[]).await?;
            *count = row.map_or(Ok(0), |row| row.get("n"))?;
        }
        let [open, answered] = counts;
        Ok(InquiryCounts { open, answered })
    }

    /// Marks an inquiry as answered by somebody, or with `None` as open again. `false` when there
    /// is no such inquiry.
    pub async fn answer_inquiry(&self, id: Uuid, by: Option<&str>) -> Result<bool, db::Error> {
        let now = by.map(|_| self.clock().now().as_micros());
        let mut tx = self.db().write().await?;
        let row = tx
            .query_opt(
                "UPDATE inquiries SET answered_at = $1, answered_by = $2 WHERE id = $3
                 RETURNING app",
                &values![now, by, id.to_string()],
            )
            .await?;
        if let Some(row) = &row {
            let action = match by {
                Some(_) => Action::InquiryAnswered,
                None => Action::InquiryReopened,
            };
            let on = On {
                app: Some(AppId::from_uuid(columns::uuid(row, "app")?)),
                principal: None,
                subject: &id.to_string(),
            };
            audit_log::record(&mut tx, self, action, on).await?;
        }
        tx.commit().await?;
        Ok(row.is_some())
    }
}

fn read(row: &Row) -> Result<Inquiry, db::Error> {
    Ok(Inquiry {
        id: columns::uuid(row, "id")?,
        app: AppId::from_uuid(columns::uuid(row, "app")?),
        name: row.get("name")?,
        email: row.get("email")?,
        company_name: row.get("company_name")?,
        message: row.get("message")?,
        created_at: columns::time(row, "created_at")?,
        answered_at: columns::time_opt(row, "answered_at")?,
        answered_by: row.get("answered_by")?,
    })
}
