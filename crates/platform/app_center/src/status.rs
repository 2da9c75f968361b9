use axum::Json;
use axum::extract::{Path, State as Context};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use web::PageError;

use crate::State;
use crate::listed::Listed;
use crate::listing::state_of;
use crate::visitor::{NotSignedIn, Visitor};

#[derive(Serialize)]
struct Status {
    /// `pending`, `connected`, `closed`, `unreachable`, `not_connected`; or `signed_out`.
    state: &'static str,
}

/// What a listing asks while the partner's window is open (AC-32).
pub async fn show(
    Context(state): Context<State>,
    visitor: Result<Visitor, NotSignedIn>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let visitor = match visitor {
        Ok(visitor) => visitor,
        Err(NotSignedIn::Failed(error)) => return Err(error),
        Err(NotSignedIn::SignIn(_)) => {
            let status = Json(Status {
                state: "signed_out",
            });
            return Ok((StatusCode::UNAUTHORIZED, status).into_response());
        }
    };
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let listed = Listed::find(&mut tx, visitor.company.id, &id).await?;
    let (card, _) = state_of(&mut tx, &visitor, &listed).await?;
    Ok(Json(Status {
        state: card.as_status(),
    })
    .into_response())
}
