use db::{Row, values};
use protocol::{AppId, Timestamp};
use uuid::Uuid;

use crate::{Vault, columns};

/// What somebody wrote in the contact form.
pub struct NewInquiry {
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

impl Vault {
    pub async fn add_inquiry(&self, new: NewInquiry) -> Result<(), db::Error> {
        let mut tx = self.db().write().await?;
        tx.execute(
            "INSERT INTO inquiries (id, app, name, email, company_name, message, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &values![
                self.entropy().uuid().to_string(),
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

    /// The open ones first, then the newest first.
    pub async fn inquiries(&self) -> Result<Vec<Inquiry>, db::Error> {
        let mut tx = self.db().read().await?;
        let rows = tx
            .query(
                "SELECT id, app, name, email, company_name, message, created_at, answered_at, answered_by
                 FROM inquiries
                 ORDER BY CASE WHEN answered_at IS NULL THEN 0 ELSE 1 END, created_at DESC, id LIMIT 500",
                &[],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// Marks an inquiry as answered by somebody, or with `None` as open again. `false` when there
    /// is no such inquiry.
    pub async fn answer_inquiry(&self, id: Uuid, by: Option<&str>) -> Result<bool, db::Error> {
        let now = by.map(|_| self.clock().now().as_micros());
        let mut tx = self.db().write().await?;
        let changed = tx
            .execute(
                "UPDATE inquiries SET answered_at = $1, answered_by = $2 WHERE id = $3",
                &values![now, by, id.to_string()],
            )
            .await?;
        tx.commit().await?;
        Ok(changed > 0)
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
