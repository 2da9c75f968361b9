use protocol::Origin;
use reqwest::Method;
use secrecy::SecretString;

use crate::http::Ask;
use crate::{Call, Client, Outcome, Refusal};

impl Client {
    /// Ends the connection at the platform (OA-60): all refresh tokens of the access token's
    /// principal for this app are revoked.
    pub async fn revoke(&self, geolocation: &Origin, access_token: &SecretString) -> Outcome<()> {
        let mut calls = Vec::new();
        let result = self
            .revoke_once(geolocation, access_token, &mut calls)
            .await;
        Outcome { result, calls }
    }

    pub(crate) async fn revoke_once(
        &self,
        geolocation: &Origin,
        access_token: &SecretString,
        calls: &mut Vec<Call>,
    ) -> Result<(), Refusal> {
        self.allowed(geolocation)?;
        let ask = Ask {
            what: "DELETE /app-mgmt/v0/connections",
            method: Method::DELETE,
            origin: geolocation,
            path: "/app-mgmt/v0/connections",
        };
        self.settle(&ask, Some(access_token), calls, |reply| {
            match reply.status {
                // Not there any more is as good as removed.
                200..=299 | 404 => Ok(()),
                status => Err(Refusal::of_status(status)),
            }
        })
        .await
    }
}
