//! Private keys that sign tokens, sealed. The newest signs; the public halves of all are shown.

use ambient::Entropy;
use db::{Tx, values};
use protocol::jose::{SigningKey, generate_rsa};
use protocol::{SealingKey, Timestamp};

use crate::OpenError;

/// Oldest first.
pub async fn load_or_make(
    tx: &mut Tx,
    sealing: &SealingKey,
    entropy: &Entropy,
    now: Timestamp,
) -> Result<Vec<SigningKey>, OpenError> {
    let rows = tx
        .query(
            "SELECT kid, sealed FROM signing_keys ORDER BY created_at, kid",
            &[],
        )
        .await?;
    if rows.is_empty() {
        return Ok(vec![make(tx, sealing, entropy, now).await?]);
    }
    let mut keys = Vec::new();
    for row in rows {
        let (kid, sealed) = (row.get::<String>("kid")?, row.get::<Vec<u8>>("sealed")?);
        let der = sealing
            .open(&associated(&kid), &sealed)
            .map_err(|_| OpenError::WrongSecret)?;
        keys.push(SigningKey::from_rsa_pkcs8(&kid, &der).map_err(|_| OpenError::WrongSecret)?);
    }
    Ok(keys)
}

async fn make(
    tx: &mut Tx,
    sealing: &SealingKey,
    entropy: &Entropy,
    now: Timestamp,
) -> Result<SigningKey, OpenError> {
    let kid = entropy.uuid().simple().to_string();
    let der = generate_rsa().expect("the library makes keys of this size");
    let sealed = sealing.seal(entropy.bytes(), &associated(&kid), &der);
    tx.execute(
        "INSERT INTO signing_keys (kid, algorithm, sealed, created_at) VALUES ($1, $2, $3, $4)",
        &values![&kid, "RS256", sealed, now.as_micros()],
    )
    .await?;
    Ok(SigningKey::from_rsa_pkcs8(&kid, &der).expect("it was made a moment ago"))
}

fn associated(kid: &str) -> String {
    format!("signing key {kid}")
}
