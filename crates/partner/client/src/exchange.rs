use protocol::PrincipalType;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::{Call, Client, Credentials, Outcome, Reason, Refusal, Tokens};

/// What a landing page exchanges once everything on it is done (CF-20).
pub struct Exchange<'a> {
    pub credentials: &'a Credentials,
    /// What the app connects: companies or users.
    pub kind: PrincipalType,
    /// The `id` of the connect redirect.
    pub id: Uuid,
    pub request_token: &'a SecretString,
}

/// The tokens of somebody who is certainly the one the redirect named.
pub struct Exchanged {
    pub tokens: Tokens,
    /// Without it there is nothing to keep.
    pub refresh_token: SecretString,
}

impl Client {
    /// Exchanges a request token at the landing zone (CF-20, CF-21).
    ///
    /// What is handed back was checked: the id_token is signed by an issuer of the allow-list, for
    /// this app, about a principal of the right kind, and its `sub` is the `id` (SE-23). Where the
    /// platform sends no id_token, the profile must bear the same id. What fails the check is
    /// revoked again.
    pub async fn exchange(&self, exchange: Exchange<'_>) -> Outcome<Exchanged> {
        let mut calls = Vec::new();
        let result = self.exchange_checked(&exchange, &mut calls).await;
        Outcome { result, calls }
    }

    async fn exchange_checked(
        &self,
        exchange: &Exchange<'_>,
        calls: &mut Vec<Call>,
    ) -> Result<Exchanged, Refusal> {
        let client_id = exchange.credentials.client_id.to_string();
        let username = exchange.id.hyphenated().to_string();
        let form = [
            ("client_id", client_id.as_str()),
            (
                "client_secret",
                exchange.credentials.client_secret.expose_secret(),
            ),
            ("grant_type", "password"),
            ("username", username.as_str()),
            ("password", exchange.request_token.expose_secret()),
            ("credtype", "authtoken"),
        ];
        let tokens = self
            .request_tokens(&self.config.landing_zone, &form, calls)
            .await?;
        match self.about_whom(exchange, &tokens, calls).await {
            Ok(subject) if subject == exchange.id => {}
            // Not checked yet: the same request token gives the same tokens again.
            Err(refusal) if refusal.is_transient() => return Err(refusal),
            other => {
                let _ = self
                    .revoke_once(&tokens.geolocation, &tokens.access_token, calls)
                    .await;
                return Err(other.err().unwrap_or_else(|| {
                    Refusal::new(Reason::NotBelieved, "the tokens are for somebody else")
                }));
            }
        }
        let refresh_token = tokens
            .refresh_token
            .clone()
            .ok_or_else(|| Refusal::new(Reason::Configuration, "no refresh token was issued"))?;
        Ok(Exchanged {
            tokens,
            refresh_token,
        })
    }

    async fn about_whom(
        &self,
        exchange: &Exchange<'_>,
        tokens: &Tokens,
        calls: &mut Vec<Call>,
    ) -> Result<Uuid, Refusal> {
        match &tokens.id_token {
            Some(id_token) => {
                self.subject_of(
                    id_token.expose_secret(),
                    exchange.credentials.client_id,
                    exchange.kind,
                    calls,
                )
                .await
            }
            None => {
                let profile = self
                    .profile_once(&tokens.geolocation, &tokens.access_token, calls)
                    .await?;
                profile
                    .id
                    .ok_or_else(|| Refusal::new(Reason::NotBelieved, "nothing says whose it is"))
            }
        }
    }
}
