use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::{TokenHash, hmac_sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// The secret in a session cookie: 256 random bits. Only its hash is stored.
pub struct SessionToken(String);

impl SessionToken {
    pub fn mint(random: [u8; 32]) -> SessionToken {
        SessionToken(URL_SAFE_NO_PAD.encode(random))
    }

    /// Reads a cookie's value; `None` when it never was one of ours.
    pub fn parse(text: &str) -> Option<SessionToken> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 32).then(|| SessionToken(text.to_owned()))
    }

    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The key of the session's row.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }

    /// What a form of this session must carry in its hidden field `csrf`.
    pub fn csrf(&self) -> String {
        csrf_token(&self.0)
    }

    /// Whether a form came from a page of this session. Compared in constant time.
    pub fn accepts_csrf(&self, sent: Option<&str>) -> bool {
        sent.is_some_and(|sent| sent.as_bytes().ct_eq(self.csrf().as_bytes()).into())
    }
}

impl Drop for SessionToken {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Derived from the session's secret, so that it needs no place of its own and cannot be guessed
/// without the cookie.
pub fn csrf_token(session_secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(&hmac_sha256(session_secret.as_bytes(), b"csrf")[..18])
}
