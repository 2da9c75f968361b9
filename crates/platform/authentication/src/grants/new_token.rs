//! A new row among the refresh tokens.

use db::Tx;
use protocol::RefreshTokenValue;
use store::{RefreshToken, refresh_tokens};

use crate::refusal::Refusal;
use crate::token::TokenRequest;

/// A key is taken about once in 1024 draws for each other token of the same microsecond.
const DRAWS: usize = 10;

/// Writes a new token under a key that nobody has yet, above `newest`, and derives its value from
/// `parent`. Sets the key, the lineage where the token begins one, and the hash of the secret.
pub async fn write(
    request: &TokenRequest<'_>,
    tx: &mut Tx,
    token: &mut RefreshToken,
    (parent, newest): (&str, i64),
) -> Result<RefreshTokenValue, Refusal> {
    for _ in 0..DRAWS {
        token.id = drawn(request, newest);
        if token.generation == 0 {
            token.lineage = token.id;
        }
        let key = request.app.refresh_derivation_key();
        let value = RefreshTokenValue::derive(key, parent, token.place());
        token.secret_hash = value.hash().as_bytes().to_vec();
        if refresh_tokens::insert(tx, token).await? {
            return Ok(value);
        }
    }
    Err(db::Error::Unavailable("no key was free in this microsecond".to_owned()).into())
}

/// Microseconds and ten random bits, so that it grows with time. Where the clock was set back, or has
/// not moved, it lies at random in the next microsecond after `newest`: whoever lies there as well is
/// not met at every try.
fn drawn(request: &TokenRequest<'_>, newest: i64) -> i64 {
    let random = i64::from(u16::from_be_bytes(request.app.entropy.bytes()) & 0x3ff);
    let now = request.now.as_micros().saturating_mul(1024) | random;
    now.max(newest + 1 + random)
}
