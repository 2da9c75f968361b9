use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use protocol::Form;
use vault::{Flow, Step};
use web::{Cookies, PageError, SessionToken};

use super::Chosen;
use crate::app_page::AppPage;
use crate::reader::Reader;
use crate::words::Words;
use crate::{AppConfig, Partner};

/// A request that belongs to a flow: its cookie names one that lives. Others are led to the page
/// that explains where to start.
pub(crate) struct Visit {
    pub app: Arc<AppConfig>,
    pub session: SessionToken,
    pub flow: Flow,
    pub reader: Reader,
}

/// Name of an app's flow cookie: flows of two apps do not touch each other.
pub(crate) fn cookie_name(app: &AppConfig) -> String {
    format!("connect_{}", app.slug)
}

/// Address of a page of the landing page; the first one for an empty `page`.
pub(crate) fn address(app: &AppConfig, page: &str) -> String {
    match page {
        "" => format!("/connect/{}", app.slug),
        page => format!("/connect/{}/{page}", app.slug),
    }
}

/// The cookie's session and its flow, if there is one.
pub(crate) async fn find(
    partner: &Partner,
    app: &AppConfig,
    cookies: &Cookies,
) -> Result<Option<(SessionToken, Flow)>, PageError> {
    let value = cookies.get(&cookie_name(app), partner.secure());
    let Some(session) = value.and_then(SessionToken::parse) else {
        return Ok(None);
    };
    let flow = partner.vault.flow(session.hash(), app.client_id).await?;
    Ok(flow.map(|flow| (session, flow)))
}

impl Visit {
    /// Refuses a form that did not come from a page of this flow.
    pub fn check(&self, form: &Form) -> Result<(), PageError> {
        if self.session.accepts_csrf(form.get("csrf")) {
            return Ok(());
        }
        let back = address(&self.app, "");
        Err(PageError::stale_form().with_action(&self.words().text("open-again"), &back))
    }

    /// Where a language's button has sent the form: the visit goes on in that language, and what `page`
    /// makes of it is the answer.
    pub async fn turned(
        &mut self,
        partner: &Partner,
        form: &Form,
        page: impl FnOnce(&Visit) -> Response + Send,
    ) -> Result<Option<Response>, PageError> {
        let Some(chosen) = Chosen::by(form, &self.app)? else {
            return Ok(None);
        };
        self.reader.words = chosen.words();
        let page = page(self);
        let kept = chosen.keep(partner, self.flow.account_id, page).await?;
        Ok(Some(kept))
    }

    pub fn words(&self) -> Words {
        self.reader.words
    }

    /// To a page of the landing page.
    pub fn go(&self, page: &str) -> Response {
        Redirect::to(&address(&self.app, page)).into_response()
    }

    /// To the page where the flow stands.
    pub fn go_on(&self) -> Response {
        self.go(page_of(self.flow.step))
    }

    /// Whether the steps before the confirmation may still be changed.
    pub fn is_open(&self) -> bool {
        matches!(self.flow.step, Step::Start | Step::Company | Step::Confirm)
    }
}

/// Where a flow in this step goes on.
pub(crate) fn page_of(step: Step) -> &'static str {
    match step {
        Step::Start => "",
        Step::Company => "sign-up/company",
        Step::Confirm => "confirm",
        Step::Exchanging | Step::Done => "done",
        Step::Refused => "refused",
    }
}

impl FromRequestParts<Partner> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, partner: &Partner) -> Result<Visit, Response> {
        let AppPage { app, reader } = AppPage::from_request_parts(parts, partner).await?;
        let Ok(cookies) = Cookies::from_request_parts(parts, partner).await;
        let found = find(partner, &app, &cookies)
            .await
            .map_err(IntoResponse::into_response)?;
        match found {
            Some((session, flow)) => Ok(Visit {
                app,
                session,
                flow,
                reader,
            }),
            None => Err(Redirect::to(&address(&app, "")).into_response()),
        }
    }
}

/// Where a form came back with errors, its address may be opened again: it leads to the page.
pub(crate) async fn first_page(visit: Visit) -> Response {
    visit.go("")
}
