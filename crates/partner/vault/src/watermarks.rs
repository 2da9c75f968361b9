//! How a vault knows that its database was restored from a backup (S59).
//!
//! The database counts how often a refresh token changed; the same count stands in a file beside
//! the key, and in each running process. A database that counts less than one of these has lost
//! tokens: what it holds may be spent, and presenting a spent token looks like theft. From then on
//! each connection is doubtful until the platform has said, without being shown the token, that it
//! would accept it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use db::{Tx, values};
use uuid::Uuid;

use crate::audit_log::{self, On};
use crate::{Action, OpenError, Vault, columns, remembered};

/// The highest count that this process knows of.
pub(crate) struct Watermark {
    vault: Uuid,
    high: AtomicI64,
    marker: Mutex<Option<PathBuf>>,
}

impl Watermark {
    pub(crate) async fn load(tx: &mut Tx, new_id: Uuid) -> Result<Watermark, db::Error> {
        tx.execute(
            "INSERT INTO watermarks (vault_id, value) SELECT $1, 0
             WHERE NOT EXISTS (SELECT vault_id FROM watermarks)",
            &values![new_id.to_string()],
        )
        .await?;
        let (vault, value) = counted(tx)
            .await?
            .ok_or_else(|| db::Error::Program("an insert gave no row".to_owned()))?;
        Ok(Watermark {
            vault,
            high: AtomicI64::new(value),
            marker: Mutex::new(None),
        })
    }

    /// Counts a changed refresh token, in the transaction that keeps it.
    pub(crate) async fn raise(&self, tx: &mut Tx) -> Result<i64, db::Error> {
        let row = tx
            .query_opt(
                "UPDATE watermarks SET value = value + 1 WHERE vault_id = $1 RETURNING value",
                &values![self.vault.to_string()],
            )
            .await?;
        row.map_or(Ok(0), |row| row.get("value"))
    }

    /// The transaction of that count is durable.
    pub(crate) async fn reached(&self, value: i64) {
        if self.high.fetch_max(value, Ordering::SeqCst) < value
            && let Some(path) = self.marker()
        {
            let line = format!("{} {value}\n", self.vault);
            let written = tokio::task::spawn_blocking(move || write(&path, &line)).await;
            if let Ok(Err(error)) = written {
                tracing::error!(%error, "the vault's marker could not be written");
            }
        }
    }

    fn marker(&self) -> Option<PathBuf> {
        let marker = self.marker.lock().unwrap_or_else(PoisonError::into_inner);
        marker.clone()
    }
}

impl Vault {
    /// Compares the database with the marker at `path`, which stands beside the key, and keeps the
    /// marker from now on. `true` when the database was restored from a backup since.
    pub async fn marked_by(&self, path: &Path) -> Result<bool, OpenError> {
        let marked = marked(path)?;
        let here = self.watermark();
        let was_restored = lacks(marked, (here.vault, self.counted().await?));
        *here.marker.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.to_owned());
        if was_restored {
            let marked = marked.map_or(0, |(_, value)| value);
            here.high.fetch_max(marked, Ordering::SeqCst);
            self.restored().await?;
        } else {
            let value = here.high.load(Ordering::SeqCst);
            let line = format!("{} {value}\n", here.vault);
            write(path, &line).map_err(OpenError::Marker)?;
        }
        Ok(was_restored)
    }

    /// Whether the database was restored while this process ran.
    pub(crate) async fn was_restored(&self) -> Result<bool, db::Error> {
        let high = self.watermark().high.load(Ordering::SeqCst);
        Ok(self.counted().await? < high)
    }

    /// The database comes from a backup: every connection is doubted until the platform has told
    /// how its token stands. Gives their number. An operator may say so, too.
    pub async fn restored(&self) -> Result<u64, db::Error> {
        let here = self.watermark();
        let high = here.high.load(Ordering::SeqCst);
        let mut tx = self.db().write().await?;
        let doubted = crate::connections::doubt_all(&mut tx).await?;
        let row = tx
            .query_opt(
                "UPDATE watermarks
                 SET value = CASE WHEN value > $1 THEN value + 1 ELSE $2 END RETURNING value",
                &values![high, high + 1],
            )
            .await?;
        let value = row.map_or(Ok(0), |row| row.get("value"))?;
        audit_log::record(&mut tx, self, Action::Restored, On::default()).await?;
        remembered::tell_everything(&mut tx).await?;
        let committed = tx.commit().await;
        self.remembered().forget_everything();
        committed?;
        here.reached(value).await;
        tracing::warn!(
            connections = doubted,
            "the vault comes from a backup: each token's standing is asked for first"
        );
        Ok(doubted)
    }

    async fn counted(&self) -> Result<i64, db::Error> {
        let mut tx = self.db().read().await?;
        Ok(counted(&mut tx).await?.map_or(0, |(_, value)| value))
    }
}

/// What the marker says: which vault, and how far it had counted; `None` where there is none yet.
pub(crate) fn marked(path: &Path) -> Result<Option<(Uuid, i64)>, OpenError> {
    read(path).map_err(OpenError::Marker)
}

/// Whether a database that has counted so far was restored from a backup since it was marked.
pub(crate) fn lacks(marked: Option<(Uuid, i64)>, (vault, counted): (Uuid, i64)) -> bool {
    marked.is_some_and(|(marked, value)| marked != vault || value > counted)
}

/// Which vault this is, and how far it has counted; `None` before the first start.
pub(crate) async fn counted(tx: &mut Tx) -> Result<Option<(Uuid, i64)>, db::Error> {
    let row = tx
        .query_opt("SELECT vault_id, value FROM watermarks", &[])
        .await?;
    row.map(|row| Ok((columns::uuid(&row, "vault_id")?, row.get("value")?)))
        .transpose()
}

fn read(path: &Path) -> std::io::Result<Option<(Uuid, i64)>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let parsed = text.trim().split_once(' ').and_then(|(vault, value)| {
        let vault = Uuid::try_parse(vault).ok()?;
        Some((vault, value.parse().ok()?))
    });
    let damaged = || {
        std::io::Error::other(
            "it cannot be read; remove it, and say that the vault was restored if it was",
        )
    };
    parsed.ok_or_else(damaged).map(Some)
}

/// Whole or not at all.
fn write(path: &Path, line: &str) -> std::io::Result<()> {
    use std::io::Write;
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(line.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}
