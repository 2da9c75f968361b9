use axum::extract::State as Context;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::SET_COOKIE;
use store::audit::{self, Action, Change};
use store::sessions;
use web::{Cookies, PageError, SetCookie};

use crate::State;
use crate::visitor::{Posted, SESSION_COOKIE, session_token};

pub async fn submit(
    Context(state): Context<State>,
    cookies: Cookies,
    Posted { visitor, .. }: Posted,
) -> Result<Response, PageError> {
    if let Some(session) = session_token(&state, &cookies) {
        let mut tx = state.app.db.write_within(visitor.company.id).await?;
        sessions::delete(&mut tx, session.hash()).await?;
        let change = Change {
            action: Action::SignedOut,
            company: Some(visitor.company.id),
            app: None,
            subject: "",
        };
        audit::record(&mut tx, &state.app.entropy, visitor.by(), change).await?;
        tx.commit().await?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    let cookie = SetCookie::expired(SESSION_COOKIE, state.secure());
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}
