use db::Db;
use hosting::Finding;
use protocol::{DAY, Timestamp};
use store::key_rotation::changes_at;
use store::{KeyRecord, KeyState, KeyTimes, OpenError, standing};

const ABOUT: &str = "signing keys";

/// Whether the secret opens the keys, how old they are, and whether the next ones are there.
pub async fn findings(
    db: &Db,
    secret: &[u8; 32],
    (times, now): (KeyTimes, Timestamp),
) -> Vec<Finding> {
    let keys = match standing::keys(db, secret).await {
        Ok(keys) => keys,
        Err(error) => return vec![unopened(&error)],
    };
    let signing = keys.iter().filter(|key| key.state == KeyState::Signing);
    let mut findings = vec![Finding::ok("key secret", "it opens the signing keys")];
    findings.extend(signing.map(|key| age(&keys, key, (times, now))));
    findings
}

fn unopened(error: &OpenError) -> Finding {
    match error {
        OpenError::WrongSecret => Finding::failure(
            "key secret",
            error.to_string(),
            "name the file with the secret that belongs to this database; no other opens it",
        ),
        OpenError::NoSigningKey(_) => Finding::warning(
            ABOUT,
            error.to_string(),
            "start a node: it makes the keys that are missing",
        ),
        OpenError::Storage(_) => {
            Finding::failure(ABOUT, error.to_string(), "see the database's own log")
        }
    }
}

/// A key that signs for a day longer than it should: nobody turns the keys.
fn age(keys: &[KeyRecord], key: &KeyRecord, (times, now): (KeyTimes, Timestamp)) -> Finding {
    let (algorithm, days) = (
        key.algorithm,
        now.since(key.since).as_secs() / DAY.as_secs(),
    );
    let signs = format!("{algorithm}: {} signs for {days} days", key.kid);
    let what = "a running node turns the keys within seconds; its log says why it does not";
    match changes_at(keys, key, times) {
        None => Finding::warning(
            ABOUT,
            format!("{signs}, and no next key is published"),
            what,
        ),
        Some(at) if now > at + DAY => Finding::warning(
            ABOUT,
            format!("{signs}, and should have ended at {}", at.to_rfc3339()),
            what,
        ),
        Some(at) => Finding::ok(ABOUT, format!("{signs}, until {}", at.to_rfc3339())),
    }
}
