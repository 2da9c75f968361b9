//! Request tokens and authorization codes as the platform mints them, and what refresh tokens share
//! with them.
//!
//! All end in a checksum, so that what was mistyped or made up is refused before the database is
//! asked. Partners treat all as opaque.

use std::time::Duration;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::{DAY, sha256};

/// A request token is good for 24 hours from minting (reference §2.3).
pub const REQUEST_TOKEN_LIFETIME: Duration = DAY;
/// And for this many successful exchanges, all of which yield the same connection.
pub const REQUEST_TOKEN_USES: i64 = 5;

pub(crate) const SECRET_LEN: usize = 25;
pub(crate) const CHECK_LEN: usize = 5;
const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// SHA-256 of a token: all that the platform keeps of it. The tokens are random, so a plain hash
/// is enough.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    pub fn of(value: &str) -> TokenHash {
        TokenHash(sha256(value.as_bytes()))
    }

    /// Of what was hashed under a key already.
    pub fn from_bytes(bytes: [u8; 32]) -> TokenHash {
        TokenHash(bytes)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Compared in constant time.
    pub fn matches(&self, stored: &[u8]) -> bool {
        self.0.ct_eq(stored).into()
    }
}

/// `at-` and thirty base-36 characters (CF-17): 129 random bits and a checksum.
pub struct RequestTokenValue(String);

impl RequestTokenValue {
    pub fn mint(random: [u8; 32]) -> RequestTokenValue {
        RequestTokenValue(mint("at-", &random))
    }

    /// `None` when the shape or the checksum shows that the platform never minted it.
    pub fn parse(text: &str) -> Option<RequestTokenValue> {
        is_minted("at-", text).then(|| RequestTokenValue(text.to_owned()))
    }

    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// `ac-` and thirty base-36 characters: what a browser carries to an app after a sign-in.
pub struct AuthorizationCodeValue(String);

impl AuthorizationCodeValue {
    pub fn mint(random: [u8; 32]) -> AuthorizationCodeValue {
        AuthorizationCodeValue(mint("ac-", &random))
    }

    /// `None` when the shape or the checksum shows that the platform never minted it.
    pub fn parse(text: &str) -> Option<AuthorizationCodeValue> {
        is_minted("ac-", text).then(|| AuthorizationCodeValue(text.to_owned()))
    }

    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for RequestTokenValue {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Drop for AuthorizationCodeValue {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A prefix, 129 random bits and a checksum.
fn mint(prefix: &str, random: &[u8; 32]) -> String {
    let mut text = prefix.to_owned();
    push_digits(&mut text, random, SECRET_LEN);
    push_checksum(&mut text);
    text
}

fn is_minted(prefix: &str, text: &str) -> bool {
    let body = text.strip_prefix(prefix);
    body.is_some_and(|body| body.len() == SECRET_LEN + CHECK_LEN) && checksum_holds(text)
}

/// Writes a number's lowest `count` digits, so that greater numbers sort later.
pub(crate) fn push_number(text: &mut String, number: i64, count: usize) {
    let mut rest = number.unsigned_abs();
    let mut digits = vec![b'0'; count];
    for slot in digits.iter_mut().rev() {
        *slot = ALPHABET[(rest % 36) as usize];
        rest /= 36;
    }
    text.extend(digits.into_iter().map(char::from));
}

/// What [`push_number`] wrote.
pub(crate) fn number(digits: &str) -> Option<i64> {
    i64::from_str_radix(digits, 36).ok()
}

/// Writes a 256-bit number's lowest `count` digits; 25 of them hold 129 bits, all but evenly.
pub(crate) fn push_digits(text: &mut String, random: &[u8; 32], count: usize) {
    let mut number = *random;
    for _ in 0..count {
        let mut remainder = 0_u32;
        for byte in &mut number {
            let value = remainder * 256 + u32::from(*byte);
            *byte = (value / 36) as u8;
            remainder = value % 36;
        }
        text.push(char::from(ALPHABET[remainder as usize]));
    }
    number.zeroize();
}

pub(crate) fn push_checksum(text: &mut String) {
    let sum = checksum(text.as_bytes());
    text.push_str(&sum);
}

pub(crate) fn checksum_holds(text: &str) -> bool {
    if !text.is_ascii() || text.len() < CHECK_LEN {
        return false;
    }
    let (body, sum) = text.split_at(text.len() - CHECK_LEN);
    checksum(body.as_bytes()) == sum
}

/// FNV-1a, folded to five base-36 digits: it catches typing errors and made-up values, no more.
fn checksum(bytes: &[u8]) -> String {
    let mut hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let mut sum = String::with_capacity(CHECK_LEN);
    for _ in 0..CHECK_LEN {
        sum.push(char::from(ALPHABET[(hash % 36) as usize]));
        hash /= 36;
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_request_token_has_the_form_of_the_reference(random: [u8; 32]) {
            let token = RequestTokenValue::mint(random);
            prop_assert_eq!(token.expose().len(), 33);
            prop_assert!(token.expose()[3..].bytes().all(|b| ALPHABET.contains(&b)));
            prop_assert!(RequestTokenValue::parse(token.expose()).is_some());
        }

        #[test]
        fn a_changed_character_is_noticed(random: [u8; 32], at in 3_usize..33, to in 0_usize..36) {
            let token = RequestTokenValue::mint(random);
            let mut changed = token.expose().as_bytes().to_vec();
            changed[at] = ALPHABET[to];
            let changed = String::from_utf8(changed).unwrap();
            prop_assert_eq!(RequestTokenValue::parse(&changed).is_some(), changed == token.expose());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = (RequestTokenValue::parse(&text), AuthorizationCodeValue::parse(&text));
        }
    }
}
