use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use http::header::SET_COOKIE;
use protocol::DAY;
use web::{Cookies, PageError, PageForm, SetCookie};

use super::visit::find;
use crate::app_page::AppPage;
use crate::reader::COOKIE;
use crate::{AppConfig, Language, Partner};

/// A visitor chooses the language of the pages. The browser keeps the choice, and an account that has
/// signed in or was made in the visit is written to in that language; a flow, its request token and what
/// was kept of a form stand as they did. There is nothing to forge here, so the form has no field of a
/// session; posts from other sites are refused as everywhere.
pub(crate) async fn choose(
    State(partner): State<Partner>,
    AppPage { app, .. }: AppPage,
    cookies: Cookies,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    let chosen = form.get("language").and_then(Language::of_tag);
    let chosen = chosen.filter(|language| app.languages.contains(language));
    let chosen = chosen.ok_or_else(|| PageError::from_status(StatusCode::BAD_REQUEST))?;
    if let Some((_, flow)) = find(&partner, &app, &cookies).await?
        && let Some(account) = flow.account_id
    {
        partner.vault.account_reads(account, chosen.tag()).await?;
    }
    let page = form.get("page").filter(|page| is_of_app(page, &app));
    let start = super::visit::address(&app, "");
    let mut response = Redirect::to(page.unwrap_or(&start)).into_response();
    let cookie = SetCookie::header(COOKIE, chosen.tag(), partner.secure(), 180 * DAY);
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
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
