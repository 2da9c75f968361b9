use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use http::{StatusCode, header};
use protocol::AppId;
use serde::Deserialize;

use crate::State;
use crate::refusal::Refusal;

/// The app in the address, which the presented API key opens.
pub struct ForApp(pub AppId);

#[derive(Deserialize)]
struct InPath {
    app: AppId,
}

impl FromRequestParts<State> for ForApp {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<ForApp, Refusal> {
        let refused = || {
            let message = "show an API key of this app: Authorization: Bearer qcb_…";
            Refusal::new(StatusCode::UNAUTHORIZED, "api_key_refused", message)
        };
        let shown = parts.headers.get(header::AUTHORIZATION);
        let shown = shown.and_then(|value| value.to_str().ok());
        let key = shown.and_then(|text| text.split_once(' '));
        let key = key.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let (_, key) = key.ok_or_else(refused)?;
        let vault = state.broker.vault();
        let opens = vault.app_of_api_key(key.trim()).await?;
        let opens = opens.ok_or_else(refused)?;
        match Path::<InPath>::from_request_parts(parts, state).await {
            Ok(Path(asked)) if asked.app == opens => Ok(ForApp(opens)),
            _ => {
                let message = "this API key opens the connections of another app";
                Err(Refusal::new(StatusCode::FORBIDDEN, "other_app", message))
            }
        }
    }
}
