use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::jose::{self, IdClaims, KeySet};
use protocol::{AppId, Origin, PrincipalType};
use reqwest::Method;
use serde::Deserialize;
use uuid::Uuid;

use crate::http::{Ask, Reply};
use crate::{Call, Client, Reason, Refusal};

impl Client {
    /// Checks an id_token (SE-25) against the keys of its issuer, which must be one of ours, and
    /// gives its subject.
    pub(crate) async fn subject_of(
        &self,
        id_token: &str,
        client_id: AppId,
        kind: PrincipalType,
        calls: &mut Vec<Call>,
    ) -> Result<Uuid, Refusal> {
        let issuer = issuer_of(id_token).ok_or_else(|| not_believed("it cannot be read"))?;
        self.allowed(&issuer)?;
        let ask = Ask {
            what: "GET /oauth2/v0/jwks",
            method: Method::GET,
            origin: &issuer,
            path: "/oauth2/v0/jwks",
        };
        let keys: KeySet = self.settle(&ask, None, calls, keys_in).await?;
        let claims: IdClaims =
            jose::verify(id_token, &keys).map_err(|why| not_believed(&format!("{why:?}")))?;
        let ours = |origin: &Origin| self.config.allows(origin);
        jose::accept_id(&claims, ours, client_id, kind, self.clock.now())
            .map_err(|why| not_believed(&format!("{why:?}")))?;
        Ok(claims.sub)
    }
}

fn keys_in(reply: Reply) -> Result<KeySet, Refusal> {
    if reply.status != 200 {
        return Err(Refusal::of_status(reply.status));
    }
    serde_json::from_slice(&reply.body)
        .map_err(|_| not_believed("its issuer's keys cannot be read"))
}

fn not_believed(why: &str) -> Refusal {
    Refusal::new(
        Reason::NotBelieved,
        format!("the id_token is not believed: {why}"),
    )
}

/// Who says to have signed it: tells whose keys to ask for, nothing more.
fn issuer_of(token: &str) -> Option<Origin> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: Origin,
    }
    let body = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Issuer = serde_json::from_slice(&body).ok()?;
    Some(claims.iss)
}
