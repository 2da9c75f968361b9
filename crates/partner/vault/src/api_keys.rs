use db::{Error, Row, Tx, values};
use protocol::{AppId, Timestamp, TokenHash};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::audit_log::{self, On};
use crate::remembered::OpenKey;
use crate::{Action, Vault, columns};

/// What every key begins with, so that one that got lost is recognised.
const PREFIX: &str = "qcb_";

/// A key that opens the broker for one app; the key itself is shown once and not kept.
#[derive(Clone, Debug)]
pub struct ApiKey {
    pub id: Uuid,
    pub app: AppId,
    pub name: String,
    pub created_by: String,
    pub created_at: Timestamp,
    /// To the hour.
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// A key that was just made.
pub struct IssuedApiKey {
    pub id: Uuid,
    /// To be shown once.
    pub key: SecretString,
}

impl Vault {
    /// Makes a key for the connections of one app.
    pub async fn issue_api_key(
        &self,
        app: AppId,
        name: &str,
        created_by: &str,
    ) -> Result<IssuedApiKey, Error> {
        let id = self.entropy().uuid();
        let digits: String = self
            .entropy()
            .bytes::<32>()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let key: SecretString = format!("{PREFIX}{digits}").into();
        let mut tx = self.db().write().await?;
        tx.execute(
            "INSERT INTO api_keys (id, app, name, hash, created_by, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            &values![
                id.to_string(),
                app.to_string(),
                name,
                TokenHash::of(key.expose_secret()).as_bytes(),
                created_by,
                self.clock().now().as_micros(),
            ],
        )
        .await?;
        self.note_key(&mut tx, Action::ApiKeyIssued, (app, id))
            .await?;
        tx.commit().await?;
        Ok(IssuedApiKey { id, key })
    }

    /// The app that a presented key opens, from memory where that may be believed. That it was used
    /// is written once an hour at most.
    pub async fn app_of_api_key(&self, presented: &str) -> Result<Option<AppId>, Error> {
        if !presented.starts_with(PREFIX) {
            return Ok(None);
        }
        let (hash, now) = (TokenHash::of(presented), self.clock().now());
        let used_lately = |last| now.since(last) < protocol::HOUR;
        let remembered = self.remembered();
        if let Some(key) = remembered.key(hash.as_bytes())
            && used_lately(key.last_used_at)
        {
            return Ok(Some(key.app));
        }
        let before = remembered.before();
        let mut tx = self.db().read().await?;
        let row = tx
            .query_opt(
                "SELECT id, app, last_used_at FROM api_keys
                 WHERE hash = $1 AND revoked_at IS NULL",
                &values![hash.as_bytes()],
            )
            .await?;
        drop(tx);
        let Some(row) = row else { return Ok(None) };
        let id = columns::uuid(&row, "id")?;
        let last = columns::time_opt(&row, "last_used_at")?.filter(|last| used_lately(*last));
        if last.is_none() {
            self.api_key_used(id, now).await?;
        }
        let app = AppId::from_uuid(columns::uuid(&row, "app")?);
        let last_used_at = last.unwrap_or(now);
        let key = OpenKey {
            id,
            app,
            last_used_at,
        };
        remembered.keep_key(before, hash.as_bytes(), key);
        Ok(Some(app))
    }

    async fn api_key_used(&self, id: Uuid, now: Timestamp) -> Result<(), Error> {
        let mut tx = self.db().write().await?;
        tx.execute(
            "UPDATE api_keys SET last_used_at = $1 WHERE id = $2",
            &values![now.as_micros(), id.to_string()],
        )
        .await?;
        tx.commit().await
    }

    /// The keys of an app, revoked ones too, the newest first.
    pub async fn api_keys(&self, app: AppId) -> Result<Vec<ApiKey>, Error> {
        let mut tx = self.db().read().await?;
        let rows = tx
            .query(
                "SELECT id, app, name, created_by, created_at, last_used_at, revoked_at
                 FROM api_keys WHERE app = $1 ORDER BY created_at DESC, id",
                &values![app.to_string()],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// From now on the key opens nothing. `false` when it did not before.
    pub async fn revoke_api_key(&self, app: AppId, id: Uuid) -> Result<bool, Error> {
        let mut tx = self.db().write().await?;
        let changed = tx
            .execute(
                "UPDATE api_keys SET revoked_at = $1
                 WHERE app = $2 AND id = $3 AND revoked_at IS NULL",
                &values![
                    self.clock().now().as_micros(),
                    app.to_string(),
                    id.to_string()
                ],
            )
            .await?;
        if changed > 0 {
            self.note_key(&mut tx, Action::ApiKeyRevoked, (app, id))
                .await?;
        }
        let committed = tx.commit().await;
        self.remembered().forget_key(id);
        committed?;
        Ok(changed > 0)
    }

    async fn note_key(
        &self,
        tx: &mut Tx,
        action: Action,
        (app, id): (AppId, Uuid),
    ) -> Result<(), Error> {
        let on = On {
            app: Some(app),
            principal: None,
            subject: &id.to_string(),
        };
        audit_log::record(tx, self, action, on).await
    }
}

fn read(row: &Row) -> Result<ApiKey, Error> {
    Ok(ApiKey {
        id: columns::uuid(row, "id")?,
        app: AppId::from_uuid(columns::uuid(row, "app")?),
        name: row.get("name")?,
        created_by: row.get("created_by")?,
        created_at: columns::time(row, "created_at")?,
        last_used_at: columns::time_opt(row, "last_used_at")?,
        revoked_at: columns::time_opt(row, "revoked_at")?,
    })
}
