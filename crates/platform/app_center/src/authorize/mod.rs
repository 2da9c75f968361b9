//! `/authorize`: where a request that the authorization endpoint has judged goes on. Somebody signs
//! in, agrees, and goes back to the app with a code (reference §3.1).
//!
//! The request travels sealed, in the address and in forms; all that it asks for stands in it, and
//! nothing of it can be changed (S06).

mod asked;
pub mod consent;
pub mod sign_in;

use axum::extract::State as Context;
use axum::response::Response;
use protocol::AuthorizationError;
use store::{connections, refresh_tokens};
use web::{Cookies, PageError, PageQuery};

use crate::State;
use crate::visitor::{NotSignedIn, Visitor, session_token};

use asked::Asked;

/// Asks for what is missing: a sign-in, an agreement, or nothing.
pub async fn show(
    Context(state): Context<State>,
    PageQuery(query): PageQuery,
    cookies: Cookies,
    visitor: Result<Visitor, NotSignedIn>,
) -> Result<Response, PageError> {
    let now = state.app.clock.now();
    let mut tx = state.app.db.read().await?;
    let asked = Asked::load(&mut tx, &state.app, query.get("request"), now).await?;
    drop(tx);
    let visitor = match visitor {
        Ok(visitor) => Some(visitor),
        Err(NotSignedIn::SignIn(_)) => None,
        Err(NotSignedIn::Failed(error)) => return Err(error),
    };
    let session = session_token(&state, &cookies).map(|token| token.hash());
    let login = visitor.as_ref().map(|visitor| visitor.user.login.clone());
    let signed_in = visitor
        .zip(session)
        .filter(|(visitor, session)| asked.accepts_sign_in(visitor, session));
    let prompt = asked.request.prompt;
    let Some((visitor, session)) = signed_in else {
        if prompt.none {
            return Ok(asked.refuse(&AuthorizationError::LOGIN_REQUIRED));
        }
        return sign_in::show(&state, &cookies, &asked, login).await;
    };
    if !asked.client.may_connect_to(visitor.company.id) {
        return Ok(asked.refuse(&AuthorizationError::COMPANY_NOT_ENABLED));
    }
    if !prompt.consent && has_agreed(&state, &asked, &visitor).await? {
        let mut tx = state.app.db.write().await?;
        let answer = asked.grant(&state.app, &mut tx, &visitor).await?;
        tx.commit().await?;
        return Ok(answer);
    }
    if prompt.none {
        return Ok(asked.refuse(if asked.request.offline {
            &AuthorizationError::CONSENT_FOR_OFFLINE_ACCESS
        } else {
            &AuthorizationError::CONSENT_REQUIRED
        }));
    }
    consent::show(&state, &asked, &visitor, &session).await
}

/// An agreement lasts as long as the connection that came of it.
async fn has_agreed(state: &State, asked: &Asked, visitor: &Visitor) -> Result<bool, db::Error> {
    let principal = visitor.principal(&asked.client);
    let client = asked.client.client_id;
    let mut tx = state.app.db.read().await?;
    let connection = connections::find(&mut tx, principal, client).await?;
    if !connection.is_some_and(|connection| connection.is_live(visitor.now)) {
        return Ok(false);
    }
    let wanted = (&asked.scopes, visitor.now);
    refresh_tokens::covers(&mut tx, principal, client, wanted).await
}
