use protocol::{Introspection, Origin};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};

use crate::http::{Ask, Reply};
use crate::{Client, Credentials, Outcome, Reason, Refusal};

/// How a token stands with the platform, asked without presenting it (RFC 7662, S59).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It would be accepted now.
    Active,
    /// It would not.
    Inactive,
    /// The platform has no introspection, as the reference's has none.
    NotTold,
}

impl Client {
    /// Asks the platform about a token of the app's own; nothing is changed by asking.
    pub async fn introspect(
        &self,
        credentials: &Credentials,
        geolocation: &Origin,
        token: &SecretString,
    ) -> Outcome<Standing> {
        let mut calls = Vec::new();
        let result = match self.allowed(geolocation) {
            Err(refusal) => Err(refusal),
            Ok(()) => {
                let client_id = credentials.client_id.to_string();
                let form = [
                    ("client_id", client_id.as_str()),
                    ("client_secret", credentials.client_secret.expose_secret()),
                    ("token", token.expose_secret()),
                    ("token_type_hint", "refresh_token"),
                ];
                let ask = Ask {
                    what: "POST /oauth2/v0/introspect",
                    method: Method::POST,
                    origin: geolocation,
                    path: "/oauth2/v0/introspect",
                };
                let reply = self
                    .send(&ask, &mut calls, |request| request.form(&form))
                    .await;
                reply.and_then(|reply| judge(&reply))
            }
        };
        Outcome { result, calls }
    }
}

fn judge(reply: &Reply) -> Result<Standing, Refusal> {
    match reply.status {
        200 => match serde_json::from_slice::<Introspection>(&reply.body) {
            Ok(told) if told.active => Ok(Standing::Active),
            Ok(_) => Ok(Standing::Inactive),
            Err(_) => Err(Refusal::new(Reason::Other, "the answer cannot be read")),
        },
        404 | 405 | 410 | 501 => Ok(Standing::NotTold),
        status => {
            let body = serde_json::from_slice(&reply.body).ok();
            Err(Refusal::of_token_answer(status, body.as_ref()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(status: u16, body: &str) -> Option<Standing> {
        let reply = Reply {
            status,
            location: None,
            body: body.into(),
        };
        judge(&reply).ok()
    }

    #[test]
    fn s59_only_a_clear_answer_is_a_standing() {
        assert_eq!(judged(200, r#"{"active":true}"#), Some(Standing::Active));
        assert_eq!(judged(200, r#"{"active":false}"#), Some(Standing::Inactive));
        assert_eq!(judged(404, "<html>"), Some(Standing::NotTold));
        assert_eq!(judged(200, "{}"), None);
        assert_eq!(judged(503, ""), None);
        assert_eq!(judged(401, r#"{"code":64,"error":"x"}"#), None);
    }
}
