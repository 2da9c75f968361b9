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
        let associated = format!("server secret {name}");
        let row = tx
            .query_opt(
                "SELECT sealed FROM server_secrets WHERE name = $1",
                &values![name],
            )
            .await?;
        if let Some(row) = row {
            let sealed: Vec<u8> = row.get("sealed")?;
            let plain = self
                .sealing
                .open(&associated, &sealed)
                .map_err(|_| OpenError::WrongSecret)?;
            return plain
                .as_slice()
                .try_into()
                .map_err(|_| OpenError::WrongSecret);
        }
        let secret: [u8; 32] = self.entropy.bytes();
        let sealed = self
            .sealing
            .seal(self.entropy.bytes(), &associated, &secret);
        tx.execute(
            "INSERT INTO server_secrets (name, sealed) VALUES ($1, $2)",
            &values![name, sealed],
        )
        .await?;
        Ok(secret)
    }
}
