//! Passwords of people: Argon2id, off the threads that serve requests, a few at a time.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// Each needs 19 MiB for some 30 ms; more at once would only push requests aside.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// The PHC string to store for a password. `salt` must be fresh and random.
pub async fn hash(password: SecretString, salt: [u8; 16]) -> String {
    off_thread(move || {
        Argon2::default()
            .hash_password_with_salt(password.expose_secret().as_bytes(), &salt)
            .expect("the parameters are the library's own")
            .to_string()
    })
    .await
}

/// Whether a password is the one that was hashed. `None` (no such account) takes as long and is
/// always false (S10).
pub async fn verify(password: SecretString, stored: Option<String>) -> bool {
    off_thread(move || {
        let text = stored.as_deref().unwrap_or(NOBODY);
        let parsed = PasswordHash::new(text).expect("only what `hash` made is stored");
        let same = Argon2::default()
            .verify_password(password.expose_secret().as_bytes(), &parsed)
            .is_ok();
        same && stored.is_some()
    })
    .await
}

/// A hash with the same parameters, of a password nobody has.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2R5$GaqoTBtxqHAXhW1mhdJHmxFpOqPLeAtc2hUfdMuGBk8";

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let _permit = AT_ONCE.acquire().await.expect("never closed");
    tokio::task::spawn_blocking(work)
        .await
        .expect("hashing does not panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_recognised_and_nobody_never_is() {
        let stored = hash("correct".into(), [3; 16]).await;
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct".into(), Some(stored.clone())).await);
        assert!(!verify("wrong".into(), Some(stored)).await);
        assert!(!verify("nobody".into(), None).await);
    }
}
