use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use http::header::SET_COOKIE;
use web::{PageError, PageForm, SetCookie};

use super::stop::Stop;
use super::visit::{Visit, cookie_name};
use crate::Partner;
use crate::app_page::AppPage;

/// Ends a flow without connecting: nothing of it stays.
pub(crate) async fn cancel(
    State(partner): State<Partner>,
    visit: Visit,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    visit.check(&form)?;
    if !visit.is_open() {
        return Ok(visit.go_on());
    }
    partner.vault.end_flow(visit.flow.id).await?;
    let mut response = visit.go("cancelled");
    let cookie = SetCookie::expired(&cookie_name(&visit.app), partner.secure());
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

pub(crate) async fn cancelled(AppPage { app, reader }: AppPage) -> Result<Response, PageError> {
    let heading = reader.words.text("nothing-connected");
    Ok(Stop::new(&app, &reader, "apart", heading)
        .says("cancelled-why")
        .says("cancelled-help")
        .contact(&app)
        .page(StatusCode::OK))
}
