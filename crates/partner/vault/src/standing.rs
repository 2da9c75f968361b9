//! How a vault stands, asked from outside and without opening it: nothing is changed, so that it may
//! be asked of a database that is served, and of one that nobody has served yet.

use std::path::Path;

use db::{Db, Error};
use protocol::Timestamp;

use crate::alarms::{self, Alarm};
use crate::{OpenError, VaultKeys, connections, sealing_proof, watermarks};

/// What opens what is sealed in a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// Nobody has sealed anything yet.
    Nothing,
    UnderCurrentKey,
    /// An older key is needed until [`crate::Vault::rewrap`].
    UnderOlderKey,
}

/// What opens it; [`OpenError::WrongKey`] where none of the keys does.
pub async fn sealed(db: &Db, keys: &VaultKeys) -> Result<Sealed, OpenError> {
    let mut tx = db.read().await?;
    Ok(match sealing_proof::opened(&mut tx, keys).await? {
        None => Sealed::Nothing,
        Some(true) => Sealed::UnderCurrentKey,
        Some(false) => Sealed::UnderOlderKey,
    })
}

/// Whether a marker can be read, where there is one already.
pub fn readable_marker(path: &Path) -> Result<(), OpenError> {
    watermarks::marked(path).map(drop)
}

/// Whether the database comes from a backup, and no process has noticed it yet.
pub async fn was_restored(db: &Db, marker: &Path) -> Result<bool, OpenError> {
    // First: whoever serves it counts on meanwhile.
    let marked = watermarks::marked(marker)?;
    let mut tx = db.read().await?;
    let counted = watermarks::counted(&mut tx).await?;
    Ok(counted.is_some_and(|counted| watermarks::lacks(marked, counted)))
}

/// Connections that the keeper should have looked at before then.
pub async fn overdue(db: &Db, then: Timestamp) -> Result<i64, Error> {
    connections::overdue(&mut db.read().await?, then).await
}

/// What alarms were raised since then.
pub async fn alarms(db: &Db, then: Timestamp) -> Result<Vec<Alarm>, Error> {
    alarms::since(&mut db.read().await?, then).await
}
