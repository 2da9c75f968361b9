use db::{Row, Tx, values};
use protocol::{AppId, Timestamp};
use uuid::Uuid;

use crate::{Vault, columns};

/// Somebody's account with one of the partner's apps.
#[derive(Clone)]
pub struct Account {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub company_name: String,
    /// PHC string of the password.
    pub password_hash: String,
    /// What the app asked besides, as a JSON object of texts.
    pub answers: Option<String>,
    /// In which the customer last read the pages (BCP 47); mails to it are written so.
    pub language: Option<String>,
}

/// An account that is written when the exchange has succeeded, and not before.
#[derive(Clone)]
pub struct NewAccount {
    pub email: String,
    pub name: String,
    pub company_name: String,
    pub password_hash: String,
    /// A JSON object of texts.
    pub answers: Option<String>,
}

impl Vault {
    /// Adds an account outside a flow: for a demo. An existing one of this address is left alone.
    pub async fn seed_account(&self, app: AppId, new: &NewAccount) -> Result<(), db::Error> {
        let mut tx = self.db().write().await?;
        insert(&mut tx, self.entropy().uuid(), app, new, self.clock().now()).await?;
        tx.commit().await
    }

    pub async fn account_by_email(
        &self,
        app: AppId,
        email: &str,
    ) -> Result<Option<Account>, db::Error> {
        let mut tx = self.db().read().await?;
        let row = tx
            .query_opt(
                "SELECT id, email, name, company_name, password_hash, answers, language
                 FROM accounts WHERE app = $1 AND email = $2",
                &values![app.to_string(), email.trim().to_lowercase()],
            )
            .await?;
        row.as_ref().map(read).transpose()
    }

    pub async fn account(&self, id: Uuid) -> Result<Option<Account>, db::Error> {
        let mut tx = self.db().read().await?;
        let row = tx
            .query_opt(
                "SELECT id, email, name, company_name, password_hash, answers, language
                 FROM accounts WHERE id = $1",
                &values![id.to_string()],
            )
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Whoever has proven to own this account reads the pages in a language (BCP 47).
    pub async fn account_reads(&self, id: Uuid, language: &str) -> Result<(), db::Error> {
        let mut tx = self.db().write().await?;
        reads(&mut tx, id, language).await?;
        tx.commit().await
    }
}

pub(crate) async fn reads(tx: &mut Tx, id: Uuid, language: &str) -> Result<(), db::Error> {
    tx.execute(
        "UPDATE accounts SET language = $2 WHERE id = $1",
        &values![id.to_string(), language],
    )
    .await?;
    Ok(())
}

/// `false` when the address has an account already.
pub(crate) async fn insert(
    tx: &mut Tx,
    id: Uuid,
    app: AppId,
    new: &NewAccount,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let added = tx
        .execute(
            "INSERT INTO accounts (id, app, email, name, company_name, password_hash, answers,
                 created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (app, email) DO NOTHING",
            &values![
                id.to_string(),
                app.to_string(),
                new.email.trim().to_lowercase(),
                new.name.as_str(),
                new.company_name.as_str(),
                new.password_hash.as_str(),
                new.answers.clone(),
                now.as_micros(),
            ],
        )
        .await?;
    Ok(added > 0)
}

fn read(row: &Row) -> Result<Account, db::Error> {
    Ok(Account {
        id: columns::uuid(row, "id")?,
        email: row.get("email")?,
        name: row.get("name")?,
        company_name: row.get("company_name")?,
        password_hash: row.get("password_hash")?,
        answers: row.get("answers")?,
        language: row.get("language")?,
    })
}
