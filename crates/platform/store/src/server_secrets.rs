//! Keys the deployment makes for itself, sealed under the key-encryption secret.

use ambient::Entropy;
use db::{Tx, values};
use protocol::SealingKey;

use crate::OpenError;

pub struct Vault<'a> {
    pub sealing: &'a SealingKey,
    pub entropy: &'a Entropy,
}

impl Vault<'_> {
    pub async fn load_or_make(&self, tx: &mut Tx, name: &str) -> Result<[u8; 32], OpenError> {
        if let Some(known) = find(tx, self.sealing, name).await? {
            return Ok(known);
        }
        let secret: [u8; 32] = self.entropy.bytes();
        let sealed = self
            .sealing
            .seal(self.entropy.bytes(), &associated(name), &secret);
        tx.execute(
            "INSERT INTO server_secrets (name, sealed) VALUES ($1, $2)",
            &values![name, sealed],
        )
        .await?;
        Ok(secret)
    }
}

/// The secret of this name, if it was made already.
pub async fn find(
    tx: &mut Tx,
    sealing: &SealingKey,
    name: &str,
) -> Result<Option<[u8; 32]>, OpenError> {
    let row = tx
        .query_opt(
            "SELECT sealed FROM server_secrets WHERE name = $1",
            &values![name],
        )
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let sealed: Vec<u8> = row.get("sealed")?;
    let plain = sealing.open(&associated(name), &sealed);
    let plain = plain.map_err(|_| OpenError::WrongSecret)?;
    let secret = plain.as_slice().try_into();
    secret.map(Some).map_err(|_| OpenError::WrongSecret)
}

fn associated(name: &str) -> String {
    format!("server secret {name}")
}
