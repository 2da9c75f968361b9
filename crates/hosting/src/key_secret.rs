use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::{Zeroize, Zeroizing};

/// The key-encryption secret: 32 random bytes outside the database, under which all private keys in
/// it are sealed.
pub struct KeySecret(Zeroizing<[u8; 32]>);

/// Why there is no secret to start with.
#[derive(Debug)]
pub enum KeySecretError {
    Unreadable(PathBuf, std::io::Error),
    /// Neither 32 bytes, nor 64 hexadecimal digits, nor 32 bytes in base64.
    Malformed(PathBuf),
}

impl KeySecret {
    /// From a file that holds 32 bytes as they are, in hexadecimal or in base64.
    pub fn read(path: &Path) -> Result<KeySecret, KeySecretError> {
        let unreadable = |error| KeySecretError::Unreadable(path.to_owned(), error);
        let content = Zeroizing::new(std::fs::read(path).map_err(unreadable)?);
        let secret = KeySecret::parse(&content);
        secret.ok_or_else(|| KeySecretError::Malformed(path.to_owned()))
    }

    fn parse(content: &[u8]) -> Option<KeySecret> {
        if let Ok(bytes) = <[u8; 32]>::try_from(content) {
            return Some(KeySecret(Zeroizing::new(bytes)));
        }
        let text = std::str::from_utf8(content).ok()?.trim();
        let mut decoded = match text.len() {
            64 => hexadecimal(text)?,
            _ => STANDARD.decode(text).ok()?,
        };
        let bytes = <[u8; 32]>::try_from(decoded.as_slice()).ok();
        decoded.zeroize();
        Some(KeySecret(Zeroizing::new(bytes?)))
    }

    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    text.as_bytes().chunks(2).map(byte).collect()
}

impl fmt::Debug for KeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeySecret(…)")
    }
}

impl KeySecretError {
    pub fn says(&self) -> String {
        match self {
            KeySecretError::Unreadable(path, error) => format!(
                "the key-encryption secret cannot be read from {}: {error}",
                path.display()
            ),
            KeySecretError::Malformed(path) => format!(
                "{} holds no key-encryption secret: it must be 32 random bytes, as they are, in \
                 hexadecimal or in base64",
                path.display()
            ),
        }
    }

    pub fn what_to_do(&self) -> &'static str {
        match self {
            KeySecretError::Unreadable(..) => {
                "bring it back, or make a new database's with: openssl rand -hex 32"
            }
            KeySecretError::Malformed(_) => "make one with: openssl rand -hex 32",
        }
    }
}

impl fmt::Display for KeySecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.says(), self.what_to_do())
    }
}

impl std::error::Error for KeySecretError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_ways_to_write_the_same_secret() {
        let bytes = [0xab_u8; 32];
        let hexadecimal = format!("{}\n", "ab".repeat(32));
        let base64 = format!(" {}\n", STANDARD.encode(bytes));
        for content in [&bytes[..], hexadecimal.as_bytes(), base64.as_bytes()] {
            assert_eq!(KeySecret::parse(content).unwrap().bytes(), &bytes);
        }
    }

    #[test]
    fn a_secret_that_is_too_short_or_no_secret_is_refused() {
        for content in ["", "secret", &"zz".repeat(32), &"ab".repeat(31), "q6urqw=="] {
            assert!(KeySecret::parse(content.as_bytes()).is_none(), "{content}");
        }
    }
}
