use std::fmt;
use std::path::{Path, PathBuf};
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

/// Why there are no keys. A vault does not start without (S45).
#[derive(Debug)]
pub enum KeyError {
    Unreadable(PathBuf, std::io::Error),
    /// Neither 32 bytes nor 64 hexadecimal digits.
    NotAKey(PathBuf),
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

    /// Reads keys from files of 32 bytes or 64 hexadecimal digits: the current one first.
    pub fn read(current: &Path, older: &[PathBuf]) -> Result<VaultKeys, KeyError> {
        let mut keys = VaultKeys::new(&*read_key(current)?);
        for path in older {
            keys = keys.and_older(&*read_key(path)?);
        }
        Ok(keys)
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

fn read_key(path: &Path) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let bytes = std::fs::read(path)
        .map(Zeroizing::new)
        .map_err(|error| KeyError::Unreadable(path.to_owned(), error))?;
    let mut key = Zeroizing::new([0; 32]);
    if bytes.len() == 32 {
        key.copy_from_slice(&bytes);
        return Ok(key);
    }
    let not_a_key = || KeyError::NotAKey(path.to_owned());
    let text = std::str::from_utf8(&bytes).map_err(|_| not_a_key())?.trim();
    if text.len() != 64 || !text.is_ascii() {
        return Err(not_a_key());
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| not_a_key())?;
    }
    Ok(key)
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyError::Unreadable(path, error) => {
                write!(
                    f,
                    "the vault's key {} cannot be read: {error}",
                    path.display()
                )
            }
            KeyError::NotAKey(path) => write!(
                f,
                "{} holds no key: 32 bytes or 64 hexadecimal digits",
                path.display()
            ),
        }
    }
}

impl std::error::Error for KeyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s45_a_key_is_32_bytes_or_64_digits_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        assert!(matches!(
            VaultKeys::read(&path, &[]),
            Err(KeyError::Unreadable(..))
        ));
        for (text, good) in [
            (vec![7_u8; 32], true),
            (b"07".repeat(32), true),
            ([b"07".repeat(32), b"\n".to_vec()].concat(), true),
            (Vec::new(), false),
            (vec![7; 31], false),
            (b"0g".repeat(32), false),
        ] {
            std::fs::write(&path, &text).unwrap();
            assert_eq!(VaultKeys::read(&path, &[]).is_ok(), good, "{text:?}");
        }
    }
}
