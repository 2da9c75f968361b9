use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::SET_COOKIE;
use web::{PageError, PageForm, SetCookie};

use super::signed_in::{COOKIE, SignedIn};
use crate::Partner;

pub(crate) async fn sign_out(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    signed_in.check(&form)?;
    let vault = signed_in.vault(&partner);
    vault.end_session(signed_in.session.hash()).await?;
    let mut response = Redirect::to("/console/sign-in").into_response();
    response
        .headers_mut()
        .append(SET_COOKIE, SetCookie::expired(COOKIE, partner.secure()));
    Ok(response)
}
