use db::{Row, values};
use uuid::Uuid;

use crate::audit_log::{self, On};
use crate::{Action, Vault, sessions};

/// Somebody who may sign in to the console.
#[derive(Clone)]
pub struct Staff {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    /// PHC string of the password.
    pub password_hash: String,
}

const COLUMNS: &str = "id, email, name, password_hash";

impl Vault {
    /// Adds a console account; an existing one of this address gets this name and password.
    pub async fn add_staff(
        &self,
        email: &str,
        name: &str,
        password_hash: &str,
    ) -> Result<(), db::Error> {
        let email = email.trim().to_lowercase();
        let mut tx = self.db().write().await?;
        tx.execute(
            "INSERT INTO staff (id, email, name, password_hash, created_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (email) DO UPDATE
             SET name = excluded.name, password_hash = excluded.password_hash",
            &values![
                self.entropy().uuid().to_string(),
                email.as_str(),
                name,
                password_hash,
                self.clock().now().as_micros(),
            ],
        )
        .await?;
        let on = On {
            subject: &email,
            ..On::default()
        };
        audit_log::record(&mut tx, self, Action::StaffSaved, on).await?;
        tx.commit().await
    }

    /// Everybody who may sign in to the console, by address.
    pub async fn staff(&self) -> Result<Vec<Staff>, db::Error> {
        let sql = format!("SELECT {COLUMNS} FROM staff ORDER BY email");
        let mut tx = self.db().read().await?;
        let rows = tx.query(&sql, &[]).await?;
        rows.iter().map(read).collect()
    }

    /// Ends what the address is signed in with: its password was changed.
    pub async fn sign_out_staff(&self, email: &str) -> Result<(), db::Error> {
        let mut tx = self.db().write().await?;
        sessions::end_of(&mut tx, &email.trim().to_lowercase()).await?;
        tx.commit().await
    }

    /// From now on the address signs in nowhere, and whoever is signed in with it is signed out.
    /// `false` when there was no such address.
    pub async fn remove_staff(&self, email: &str) -> Result<bool, db::Error> {
        let email = email.trim().to_lowercase();
        let mut tx = self.db().write().await?;
        sessions::end_of(&mut tx, &email).await?;
        let removed = tx
            .execute(
                "DELETE FROM staff WHERE email = $1",
                &values![email.as_str()],
            )
            .await?;
        if removed > 0 {
            let on = On {
                subject: &email,
                ..On::default()
            };
            audit_log::record(&mut tx, self, Action::StaffRemoved, on).await?;
        }
        tx.commit().await?;
        Ok(removed > 0)
    }

    pub async fn staff_by_email(&self, email: &str) -> Result<Option<Staff>, db::Error> {
        let sql = format!("SELECT {COLUMNS} FROM staff WHERE email = $1");
        let mut tx = self.db().read().await?;
        let row = tx
            .query_opt(&sql, &values![email.trim().to_lowercase()])
            .await?;
        row.as_ref().map(read).transpose()
    }
}

pub(crate) fn read(row: &Row) -> Result<Staff, db::Error> {
    Ok(Staff {
        id: crate::columns::uuid(row, "id")?,
        email: row.get("email")?,
        name: row.get("name")?,
        password_hash: row.get("password_hash")?,
    })
}
