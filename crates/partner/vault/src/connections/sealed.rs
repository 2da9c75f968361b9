//! Envelopes: a connection's tokens are sealed under a data key of its own, and that under the
//! vault key. Where the data key is gone, nothing opens any more (S45, S54).

use db::Error;
use protocol::{AppId, SealingKey};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::Vault;
use crate::vault::text;

/// Seals and opens the tokens of one connection.
pub(crate) struct DataKey {
    key: SealingKey,
    app: AppId,
    principal: Uuid,
}

impl Vault {
    /// A new data key, and its form for the table.
    pub(crate) fn new_data_key(&self, app: AppId, principal: Uuid) -> (DataKey, Vec<u8>) {
        let bytes = Zeroizing::new(self.entropy().bytes::<32>());
        let wrapped = self.seal_bytes(&key_place(app, principal), &*bytes);
        (DataKey::new(&bytes, app, principal), wrapped)
    }

    pub(crate) fn open_data_key(
        &self,
        app: AppId,
        principal: Uuid,
        wrapped: &[u8],
    ) -> Result<DataKey, Error> {
        let opened = self.open_bytes(&key_place(app, principal), wrapped)?;
        let bytes: &[u8; 32] = opened
            .as_slice()
            .try_into()
            .map_err(|_| Error::Program("a data key has another length".to_owned()))?;
        Ok(DataKey::new(bytes, app, principal))
    }

    pub(crate) fn seal_token(
        &self,
        key: &DataKey,
        (generation, part): (i64, &str),
        token: &SecretString,
    ) -> Vec<u8> {
        let place = key.place(generation, part);
        let plain = token.expose_secret().as_bytes();
        key.key.seal(self.entropy().bytes(), &place, plain)
    }
}

impl DataKey {
    fn new(bytes: &[u8; 32], app: AppId, principal: Uuid) -> DataKey {
        DataKey {
            key: SealingKey::derive(bytes, "connection"),
            app,
            principal,
        }
    }

    pub(crate) fn open(
        &self,
        generation: i64,
        part: &str,
        sealed: &[u8],
    ) -> Result<SecretString, Error> {
        let place = self.place(generation, part);
        let plain = self
            .key
            .open(&place, sealed)
            .map_err(|_| Error::Program(format!("{place} cannot be opened")))?;
        text(&place, &plain)
    }

    /// What is sealed belongs to its app, company, generation and column.
    fn place(&self, generation: i64, part: &str) -> String {
        place(self.app, self.principal, generation, part)
    }
}

pub(crate) fn place(app: AppId, principal: Uuid, generation: i64, part: &str) -> String {
    format!("connection {app} {principal} {generation} {part}")
}

pub(crate) fn key_place(app: AppId, principal: Uuid) -> String {
    format!("data key {app} {principal}")
}
