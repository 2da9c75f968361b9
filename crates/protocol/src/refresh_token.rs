//! Refresh tokens as the platform mints them.
//!
//! One begins with the key of its own row, which grows with time: neighbours in time are neighbours
//! on the disk. It names its lineage and its generation, and ends in a proof that this platform made
//! it: a database that was restored from a backup knows it by that, though its row is lost.

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::hmac_sha256;
use crate::token::{CHECK_LEN, SECRET_LEN, TokenHash, checksum_holds, number, push_number};
use crate::token::{push_checksum, push_digits};

const KEY_LEN: usize = 13;
const GENERATION_LEN: usize = 4;
/// Of the proof, as of the secret: 129 bits.
const PROOF_LEN: usize = SECRET_LEN;
const LEN: usize = 2 * KEY_LEN + GENERATION_LEN + SECRET_LEN + PROOF_LEN + CHECK_LEN;
/// Of a token in the former format: key, secret and checksum.
const FORMER_LEN: usize = KEY_LEN + SECRET_LEN + CHECK_LEN;

/// Where a refresh token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The primary key of the row that holds its hash: microseconds times 1,024, and random bits.
    pub row: i64,
    /// The row of its first ancestor.
    pub lineage: i64,
    /// 0 for the first of a lineage.
    pub generation: i64,
}

/// Row, lineage, generation, secret, proof and checksum: 85 base-36 characters. In the former format,
/// which is still read, row, secret and checksum: 43.
pub struct RefreshTokenValue {
    text: String,
    row: i64,
}

impl RefreshTokenValue {
    /// The child of `parent` (the request token, or the refresh token before it): always the same
    /// value for the same parent and place, so that a repeated request gets the same answer although
    /// the platform keeps only hashes ("Refresh tokens: the rules", 2).
    pub fn derive(server_key: &[u8], parent: &str, place: Place) -> RefreshTokenValue {
        let mut text = String::with_capacity(LEN);
        push_number(&mut text, place.row, KEY_LEN);
        push_number(&mut text, place.lineage, KEY_LEN);
        push_number(&mut text, place.generation, GENERATION_LEN);
        push_digits(&mut text, &secret(server_key, parent, place), SECRET_LEN);
        let proof = proof(server_key, &text);
        text.push_str(&proof);
        push_checksum(&mut text);
        let row = place.row;
        RefreshTokenValue { text, row }
    }

    /// [`RefreshTokenValue::derive`] in the former format: of a token that was minted in it, the
    /// repeated answer must be the same.
    pub fn derive_former(server_key: &[u8], parent: &str, place: Place) -> RefreshTokenValue {
        let mut text = String::with_capacity(FORMER_LEN);
        push_number(&mut text, place.row, KEY_LEN);
        push_digits(&mut text, &secret(server_key, parent, place), SECRET_LEN);
        push_checksum(&mut text);
        let row = place.row;
        RefreshTokenValue { text, row }
    }

    /// `None` when the shape or the checksum shows that the platform never minted it.
    pub fn parse(text: &str) -> Option<RefreshTokenValue> {
        if ![LEN, FORMER_LEN].contains(&text.len()) || !checksum_holds(text) {
            return None;
        }
        Some(RefreshTokenValue {
            text: text.to_owned(),
            row: number(&text[..KEY_LEN])?,
        })
    }

    /// The primary key of the row that holds its hash.
    pub fn row(&self) -> i64 {
        self.row
    }

    /// Where it stands, when its proof shows that it was minted under this key. `None` for one in the
    /// former format, which carries no proof.
    pub fn proven_place(&self, server_key: &[u8]) -> Option<Place> {
        if self.text.len() != LEN {
            return None;
        }
        let (body, rest) = self.text.split_at(LEN - PROOF_LEN - CHECK_LEN);
        let right = proof(server_key, body);
        if !bool::from(right.as_bytes().ct_eq(&rest.as_bytes()[..PROOF_LEN])) {
            return None;
        }
        let generation = &body[2 * KEY_LEN..][..GENERATION_LEN];
        Some(Place {
            row: self.row,
            lineage: number(&body[KEY_LEN..2 * KEY_LEN])?,
            generation: number(generation)?,
        })
    }

    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.text)
    }

    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl Drop for RefreshTokenValue {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

fn secret(server_key: &[u8], parent: &str, place: Place) -> [u8; 32] {
    let Place {
        row, generation, ..
    } = place;
    let message = format!("refresh token\0{parent}\0{row}\0{generation}");
    hmac_sha256(server_key, message.as_bytes())
}

fn proof(server_key: &[u8], body: &str) -> String {
    let message = format!("refresh token's proof\0{body}");
    let mut digits = String::with_capacity(PROOF_LEN);
    let tag = hmac_sha256(server_key, message.as_bytes());
    push_digits(&mut digits, &tag, PROOF_LEN);
    digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places() -> impl Strategy<Value = Place> {
        (0..i64::MAX, 0..i64::MAX, 0_i64..1_000_000).prop_map(|(row, lineage, generation)| Place {
            row,
            lineage,
            generation,
        })
    }

    const PLACE: Place = Place {
        row: 7,
        lineage: 5,
        generation: 1,
    };

    proptest! {
        #[test]
        fn it_knows_its_place(place in places(), parent in "[a-z0-9]{10}") {
            let token = RefreshTokenValue::derive(b"key", &parent, place);
            let read = RefreshTokenValue::parse(token.expose()).unwrap();
            prop_assert_eq!(read.row(), place.row);
            prop_assert_eq!(read.proven_place(b"key"), Some(place));
            prop_assert_eq!(read.proven_place(b"another key"), None);
            prop_assert!(token.hash().matches(read.hash().as_bytes()));
        }

        #[test]
        fn s41_nobody_makes_up_a_place(place in places(), at in 0_usize..80, to in 0_usize..36) {
            let token = RefreshTokenValue::derive(b"key", "parent", place);
            let mut changed = token.expose().as_bytes()[..LEN - CHECK_LEN].to_vec();
            changed[at] = b"0123456789abcdefghijklmnopqrstuvwxyz"[to];
            let mut changed = String::from_utf8(changed).unwrap();
            push_checksum(&mut changed);
            let same = changed == token.expose();
            let read = RefreshTokenValue::parse(&changed);
            prop_assert_eq!(read.is_some_and(|read| read.proven_place(b"key").is_some()), same);
        }

        #[test]
        fn the_former_format_is_read(place in places()) {
            let token = RefreshTokenValue::derive_former(b"key", "parent", place);
            prop_assert_eq!(token.expose().len(), 43);
            let read = RefreshTokenValue::parse(token.expose()).unwrap();
            prop_assert_eq!(read.row(), place.row);
            prop_assert_eq!(read.proven_place(b"key"), None);
        }

        #[test]
        fn later_rows_sort_later(a in 0..i64::MAX, b in 0..i64::MAX) {
            let digits = |row| {
                let mut text = String::new();
                push_number(&mut text, row, KEY_LEN);
                text
            };
            prop_assert_eq!(a.cmp(&b), digits(a).cmp(&digits(b)));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,90}", row in "[0-9a-z]{80}") {
            let _ = RefreshTokenValue::parse(&text);
            let mut row = row;
            push_checksum(&mut row);
            let _ = RefreshTokenValue::parse(&row).map(|token| token.proven_place(b"key"));
        }
    }

    #[test]
    fn s11_the_same_parent_yields_the_same_child_and_another_key_another() {
        let derive = RefreshTokenValue::derive;
        let child = derive(b"key", "parent", PLACE);
        let again = derive(b"key", "parent", PLACE);
        assert_eq!(child.expose(), again.expose());
        assert_eq!(child.expose().len(), LEN);
        let next = Place {
            generation: 2,
            ..PLACE
        };
        for other in [
            derive(b"other", "parent", PLACE),
            derive(b"key", "stranger", PLACE),
            derive(b"key", "parent", next),
        ] {
            assert_ne!(child.expose(), other.expose());
        }
    }
}
