use std::sync::Arc;

use protocol::{SealError, SealingKey, hmac_sha256};
use zeroize::Zeroizing;

/// The vault's keys: what is new is sealed under the current one, and what older ones sealed still
/// opens, until [`crate::Vault::rewrap`] has brought everything under the current one. They stand
/// outside the database (S45).
#[derive(Clone)]
pub struct VaultKeys {
    current: Arc<VaultKey>,
    older: Vec<Arc<VaultKey>>,
}

pub(crate) struct VaultKey {
    /// Names it in the database and says nothing about it.
    pub name: String,
    pub sealing: SealingKey,
    /// What verification codes were hashed under before their key was drawn.
    pub code_key: Zeroizing<[u8; 32]>,
}

impl VaultKeys {
    pub fn new(current: &[u8; 32]) -> VaultKeys {
        VaultKeys {
            current: Arc::new(VaultKey::new(current)),
            older: Vec::new(),
        }
    }

    /// One more key under which something may still be sealed.
    pub fn and_older(mut self, key: &[u8; 32]) -> VaultKeys {
        self.older.push(Arc::new(VaultKey::new(key)));
        self
    }

    pub(crate) fn current(&self) -> &VaultKey {
        &self.current
    }

    /// Opens what any of the keys sealed.
    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        std::iter::once(&self.current)
            .chain(&self.older)
            .find_map(|key| key.sealing.open(place, sealed).ok())
            .ok_or(SealError)
    }

    /// The key that opens this, the current one first.
    pub(crate) fn which_opens(&self, place: &str, sealed: &[u8]) -> Option<&VaultKey> {
        let mut all = std::iter::once(&self.current).chain(&self.older);
        all.find(|key| key.sealing.open(place, sealed).is_ok())
            .map(Arc::as_ref)
    }
}

impl VaultKey {
    fn new(key: &[u8; 32]) -> VaultKey {
        let [a, b, c, d, ..] = hmac_sha256(key, b"name of the vault key");
        VaultKey {
            name: format!("{:08x}", u32::from_be_bytes([a, b, c, d])),
            sealing: SealingKey::derive(key, "partner vault"),
            code_key: Zeroizing::new(hmac_sha256(key, b"verification codes")),
        }
    }
}

impl From<&[u8; 32]> for VaultKeys {
    fn from(key: &[u8; 32]) -> VaultKeys {
        VaultKeys::new(key)
    }
}
