use protocol::Origin;
use secrecy::{ExposeSecret, SecretString};

use crate::{Client, Credentials, Outcome, Tokens};

impl Client {
    /// Refreshes at the token's own data centre (reference §3.5, §4.2). `scope`, when given, is
    /// exactly the string that was returned before, or a part of it.
    pub async fn refresh(
        &self,
        credentials: &Credentials,
        geolocation: &Origin,
        refresh_token: &SecretString,
        scope: Option<&str>,
    ) -> Outcome<Tokens> {
        let mut calls = Vec::new();
        let client_id = credentials.client_id.to_string();
        let mut form = vec![
            ("client_id", client_id.as_str()),
            ("client_secret", credentials.client_secret.expose_secret()),
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose_secret()),
        ];
        form.extend(scope.map(|scope| ("scope", scope)));
        let result = match self.allowed(geolocation) {
            Ok(()) => self.request_tokens(geolocation, &form, &mut calls).await,
            Err(refusal) => Err(refusal),
        };
        Outcome { result, calls }
    }
}
