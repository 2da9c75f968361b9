//! Sealing: AES-256-GCM under a key that does not stand in the database.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

/// A key that seals what must be readable again: signing keys, partners' tokens.
pub struct SealingKey(LessSafeKey);

/// The sealed bytes are damaged, were sealed under another key, or belong to another row.
#[derive(Debug, PartialEq, Eq)]
pub struct SealError;

impl SealingKey {
    /// Derives the key for one `purpose` from a secret of at least 32 bytes (HKDF-SHA-256).
    pub fn derive(secret: &[u8; 32], purpose: &str) -> SealingKey {
        let bytes = derive_bytes(secret, purpose);
        let key = UnboundKey::new(&AES_256_GCM, &*bytes).expect("the key has the cipher's length");
        SealingKey(LessSafeKey::new(key))
    }

    /// `nonce ‖ ciphertext ‖ tag`. The `nonce` must be fresh and random; `associated` (company,
    /// row, generation) must be given again to open it, so that sealed values cannot be swapped.
    pub fn seal(&self, nonce: [u8; NONCE_LEN], associated: &str, plain: &[u8]) -> Vec<u8> {
        let mut sealed = nonce.to_vec();
        let mut body = plain.to_vec();
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated),
                &mut body,
            )
            .expect("the text is far shorter than the cipher's limit");
        sealed.append(&mut body);
        sealed
    }

    pub fn open(&self, associated: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .0
            .open_in_place(nonce, Aad::from(associated), &mut body)
            .map_err(|_| SealError)?
            .len();
        body.truncate(length);
        Ok(body)
    }
}

/// A 32-byte key for one `purpose`, derived from a secret (HKDF-SHA-256).
fn derive_bytes(secret: &[u8; 32], purpose: &str) -> Zeroizing<[u8; 32]> {
    struct Bytes32;
    impl KeyType for Bytes32 {
        fn len(&self) -> usize {
            32
        }
    }
    let mut bytes = Zeroizing::new([0; 32]);
    Salt::new(HKDF_SHA256, b"quickconnect")
        .extract(secret)
        .expand(&[purpose.as_bytes()], Bytes32)
        .and_then(|key| key.fill(&mut *bytes))
        .expect("32 bytes are within what HKDF can give");
    bytes
}

/// SHA-256 of `message`.
pub fn sha256(message: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest::digest(&digest::SHA256, message).as_ref());
    bytes
}

/// HMAC-SHA-256 of `message`.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sealed under another key, for another row, or damaged")
    }
}

impl std::error::Error for SealError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_in_its_place() {
        let key = SealingKey::derive(&[1; 32], "tokens");
        let sealed = key.seal([9; 12], "row 1", b"secret");
        assert_eq!(&**key.open("row 1", &sealed).unwrap(), b"secret");
        assert_eq!(key.open("row 2", &sealed).err(), Some(SealError));
        assert_eq!(
            SealingKey::derive(&[1; 32], "keys")
                .open("row 1", &sealed)
                .err(),
            Some(SealError)
        );
        assert_eq!(key.open("row 1", &sealed[..5]).err(), Some(SealError));
    }
}
