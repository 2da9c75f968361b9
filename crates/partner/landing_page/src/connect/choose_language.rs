use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use protocol::{DAY, Form};
use uuid::Uuid;
use web::{Cookies, PageError, PageForm, SetCookie};

use super::visit::find;
use crate::app_page::AppPage;
use crate::reader::COOKIE;
use crate::words::Words;
use crate::{AppConfig, Language, Partner};

/// Name of the buttons that send a page's form to have it in another language. Nothing that an app asks
/// is called so.
const BUTTON: &str = "page-language";

/// What a visitor has chosen.
pub(crate) struct Chosen(Language);

impl Chosen {
    /// The language of the button that sent a form, if one did. What was typed then comes back in that
    /// language, but no password, and nothing else comes of it.
    pub fn by(form: &Form, app: &AppConfig) -> Result<Option<Chosen>, PageError> {
        let tag = form.get(BUTTON);
        tag.map(|tag| Chosen::read(Some(tag), app)).transpose()
    }

    fn read(tag: Option<&str>, app: &AppConfig) -> Result<Chosen, PageError> {
        let known = tag.and_then(Language::of_tag);
        let known = known.filter(|language| app.languages.contains(language));
        let known = known.ok_or_else(|| PageError::from_status(StatusCode::BAD_REQUEST))?;
        Ok(Chosen(known))
    }

    pub fn words(&self) -> Words {
        Words(self.0)
    }

    /// The browser keeps the choice, and an account that has signed in or was made in the visit is
    /// written to in this language.
    pub async fn keep(
        &self,
        partner: &Partner,
        account: Option<Uuid>,
        mut response: Response,
    ) -> Result<Response, PageError> {
        let tag = self.0.tag();
        if let Some(account) = account {
            partner.vault.account_reads(account, tag).await?;
        }
        let cookie = SetCookie::header(COOKIE, tag, partner.secure(), 180 * DAY);
        response.headers_mut().append(SET_COOKIE, cookie);
        response.extensions_mut().insert(self.words());
        Ok(response)
    }
}

/// A visitor chooses the language of the pages. A flow, its request token and what was kept of a form
/// stand as they did. There is nothing to forge here, so the form has no field of a session; posts from
/// other sites are refused as everywhere.
pub(crate) async fn choose(
    State(partner): State<Partner>,
    AppPage { app, .. }: AppPage,
    cookies: Cookies,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    let chosen = Chosen::read(form.get("language"), &app)?;
    let page = form.get("page").filter(|page| is_of_app(page, &app));
    let start = super::visit::address(&app, "");
    let back = Redirect::to(page.unwrap_or(&start)).into_response();
    let account = account(&partner, &app, &cookies).await?;
    chosen.keep(&partner, account, back).await
}

/// The account of a visitor who is known to own it.
pub(super) async fn account(
    partner: &Partner,
    app: &AppConfig,
    cookies: &Cookies,
) -> Result<Option<Uuid>, PageError> {
    let found = find(partner, app, cookies).await?;
    Ok(found.and_then(|(_, flow)| flow.account_id))
}

/// Whether it is the path of one of the app's pages: nobody is led elsewhere.
fn is_of_app(page: &str, app: &AppConfig) -> bool {
    let path = page.strip_prefix("/connect").unwrap_or(page);
    let rest = path
        .strip_prefix('/')
        .and_then(|path| path.strip_prefix(&*app.slug));
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_');
    rest.is_some_and(|rest| (rest.is_empty() || rest.starts_with('/')) && rest.chars().all(fits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::app;

    #[test]
    fn a_choice_leads_to_pages_of_the_app_only() {
        let app = app("ledger", 1);
        for own in [
            "/ledger",
            "/ledger/terms",
            "/connect/ledger",
            "/connect/ledger/sign-up/step/1",
        ] {
            assert!(is_of_app(own, &app), "{own}");
        }
        for other in [
            "",
            "/",
            "//evil.example",
            "/ledgers",
            "/console",
            "/connect",
            "/connect/cards",
            "/ledger/../console",
            "/ledger//evil.example\r\n",
            "/ledger?x=1",
            "https://evil.example/ledger",
            "/ledger\\evil",
        ] {
            assert!(!is_of_app(other, &app), "{other}");
        }
    }
}
