//! What the first start sealed: a proof that the keys are the right ones, and the key under which
//! verification codes are hashed, which stays the same when vault keys change.

use db::{Tx, values};
use protocol::sha256;
use zeroize::Zeroizing;

use crate::audit_log::{self, On};
use crate::keys::VaultKeys;
use crate::{Action, OpenError, Vault};

const PROOF: &str = "sealing proof";
const CODE_KEY: &str = "key of verification codes";

/// Opens the proof, or seals it where there is none; gives the key of verification codes.
pub(crate) async fn prove(
    tx: &mut Tx,
    keys: &VaultKeys,
    nonces: [[u8; 12]; 2],
) -> Result<Zeroizing<[u8; 32]>, OpenError> {
    let first_key = match row(tx, "vault").await? {
        Some(sealed) => {
            let key = keys.which_opens(PROOF, &sealed);
            key.ok_or(OpenError::WrongKey)?
        }
        None => {
            let key = keys.current();
            let sealed = key.sealing.seal(nonces[0], PROOF, b"quickconnect");
            insert(tx, "vault", sealed).await?;
            key
        }
    };
    match row(tx, "codes").await? {
        Some(sealed) => {
            let opened = keys.open(CODE_KEY, &sealed);
            let opened = opened.map_err(|_| OpenError::WrongKey)?;
            // Always 32 bytes; anything else would have to be hashed to fit.
            let mut key = Zeroizing::new(sha256(&opened));
            if opened.len() == key.len() {
                key.copy_from_slice(&opened);
            }
            Ok(key)
        }
        None => {
            let current = &keys.current().sealing;
            let sealed = current.seal(nonces[1], CODE_KEY, &*first_key.code_key);
            insert(tx, "codes", sealed).await?;
            Ok(first_key.code_key.clone())
        }
    }
}

/// Whether the keys open both, as [`prove`] asks it, with the current one alone or with older ones;
/// `None` where nothing was sealed yet. Changes nothing.
pub(crate) async fn opened(tx: &mut Tx, keys: &VaultKeys) -> Result<Option<bool>, OpenError> {
    let mut by_current = None;
    for (id, place) in [("vault", PROOF), ("codes", CODE_KEY)] {
        if let Some(sealed) = row(tx, id).await? {
            let key = keys.which_opens(place, &sealed);
            let key = key.ok_or(OpenError::WrongKey)?;
            let is_current = key.name == keys.current().name;
            by_current = Some(is_current && by_current.unwrap_or(true));
        }
    }
    Ok(by_current)
}

impl Vault {
    /// Seals both anew under the current key.
    pub(crate) async fn rewrap_proof(&self) -> Result<(), db::Error> {
        let mut tx = self.db().write().await?;
        for (id, place) in [("vault", PROOF), ("codes", CODE_KEY)] {
            if let Some(sealed) = row(&mut tx, id).await? {
                let anew = self.seal_anew(place, &sealed)?;
                tx.execute(
                    "UPDATE sealing_proof SET sealed = $1 WHERE id = $2",
                    &values![anew, id],
                )
                .await?;
            }
        }
        audit_log::record(&mut tx, self, Action::Rewrapped, On::default()).await?;
        tx.commit().await
    }
}

async fn row(tx: &mut Tx, id: &str) -> Result<Option<Vec<u8>>, db::Error> {
    let row = tx
        .query_opt(
            "SELECT sealed FROM sealing_proof WHERE id = $1",
            &values![id],
        )
        .await?;
    row.map(|row| row.get("sealed")).transpose()
}

async fn insert(tx: &mut Tx, id: &str, sealed: Vec<u8>) -> Result<(), db::Error> {
    tx.execute(
        "INSERT INTO sealing_proof (id, sealed) VALUES ($1, $2)",
        &values![id, sealed],
    )
    .await?;
    Ok(())
}
