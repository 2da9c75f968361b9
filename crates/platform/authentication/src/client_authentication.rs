use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use db::Tx;
use http::HeaderMap;
use protocol::{AppId, ErrorCode, Form};
use store::{App, RegisteredApp, app_secrets, apps};

use crate::refusal::Refusal;

/// Credentials as the request carried them: in the body, or as HTTP Basic (reference §11.9).
pub struct ClientCredentials {
    id: String,
    secret: String,
}

impl ClientCredentials {
    /// Codes 62 and 63 when a part is missing; 135 when two different ones were sent.
    pub fn read(headers: &HeaderMap, form: &Form) -> Result<ClientCredentials, Refusal> {
        let body = (form.get("client_id"), form.get("client_secret"));
        let Some((id, secret)) = basic(headers)? else {
            return Ok(ClientCredentials {
                id: body.0.ok_or(ErrorCode::ClientIdMissing)?.to_owned(),
                secret: body.1.ok_or(ErrorCode::ClientSecretMissing)?.to_owned(),
            });
        };
        let contradicts = |in_body: Option<&str>, in_header: &str| {
            in_body.is_some_and(|value| value != in_header)
        };
        if contradicts(body.0, &id) || contradicts(body.1, &secret) {
            return Err(ErrorCode::UnsupportedFormat.into());
        }
        if id.is_empty() {
            return Err(ErrorCode::ClientIdMissing.into());
        }
        if secret.is_empty() {
            return Err(ErrorCode::ClientSecretMissing.into());
        }
        Ok(ClientCredentials { id, secret })
    }

    /// The app they belong to: 61 unknown, 64 wrong secret, 59 switched off.
    pub async fn authenticate(&self, app: &App, tx: &mut Tx) -> Result<RegisteredApp, Refusal> {
        let id: AppId = self.id.parse().map_err(|_| ErrorCode::ClientNotFound)?;
        let client = apps::find(tx, id).await?.ok_or(ErrorCode::ClientNotFound)?;
        let presented = app.client_secret_hash(&self.secret);
        if !app_secrets::is_active(tx, id, &presented).await? {
            return Err(ErrorCode::ClientAuthenticationFailed.into());
        }
        if !client.enabled {
            return Err(ErrorCode::ClientDisabled.into());
        }
        Ok(client)
    }
}

/// RFC 6749 §2.3.1: both halves are form-encoded before they are put together.
fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, Refusal> {
    let Some(value) = headers.get(http::header::AUTHORIZATION) else {
        return Ok(None);
    };
    let unreadable = || Refusal::Code(ErrorCode::UnsupportedFormat);
    let (scheme, encoded) = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .ok_or_else(unreadable)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(unreadable());
    }
    let decoded = STANDARD.decode(encoded.trim()).map_err(|_| unreadable())?;
    let text = String::from_utf8(decoded).map_err(|_| unreadable())?;
    let (id, secret) = text.split_once(':').ok_or_else(unreadable)?;
    let half = |text: &str| {
        Form::parse(format!("v={text}").as_bytes())
            .map(|form| form.get("v").unwrap_or_default().to_owned())
            .map_err(|_| unreadable())
    };
    Ok(Some((half(id)?, half(secret)?)))
}
