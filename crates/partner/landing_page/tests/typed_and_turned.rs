//! A page with a form, had in another language: what was typed comes back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod stage;

use http::StatusCode;
use landing_page::{CallToAction, Language};
use stage::{Browser, CODE, COMPANY, LEDGER, Page, Stage, link};

const SECRET: &str = "a long and private phrase";

/// Sends the form by the button of a language: the page comes back in it, with no error and no
/// password, and only that cookie is new.
async fn turned(
    browser: &mut Browser,
    page: &Page,
    action: &str,
    (typed, language): (&[(&str, &str)], &'static str),
) -> Page {
    page.says("form=\"typed\" formnovalidate name=\"page-language\"")
        .says(&format!(
            "<form class=\"{}form\" id=\"typed\" method=\"post\" action=\"{action}\"",
            if page.html.contains("class=\"card form\"") {
                "card "
            } else {
                ""
            }
        ));
    let before = browser.cookies.clone();
    let mut fields = typed.to_vec();
    fields.push(("page-language", language));
    let answer = browser.submit(page, action, &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.html);
    assert_eq!(answer.language, language);
    answer
        .says(&format!("<html class=\"landing\" lang=\"{language}\""))
        .says(&format!("lang=\"{language}\" aria-pressed=\"true\""));
    assert!(!answer.html.contains("aria-invalid"), "{}", answer.html);
    assert!(!answer.html.contains(SECRET), "{}", answer.html);
    assert_eq!(browser.cookies.get("language").unwrap(), language);
    let mut after = browser.cookies.clone();
    after.remove("language");
    let mut known = before;
    known.remove("language");
    assert_eq!(after, known);
    answer
}

#[tokio::test]
async fn s44_what_was_typed_comes_back_in_the_language_chosen_and_nothing_else_comes_of_it() {
    let stage = Stage::asking().await;
    let mut browser = stage.browser();
    let page = browser.open(&link("ledger", COMPANY)).await;
    let account = [("email", "maren@brackwater.example"), ("password", SECRET)];
    let path = "/connect/ledger/sign-in";
    let page = turned(&mut browser, &page, path, (&account, "de")).await;
    page.says("value=\"maren@brackwater.example\"")
        .says("Anmelden");

    let path = "/connect/ledger/sign-up";
    let page = browser.get(path).await;
    let person = [("name", "Maren <Holloway>"), account[0], account[1]];
    let page = turned(&mut browser, &page, path, (&person, "ja")).await;
    page.says("value=\"Maren &#60;Holloway&#62;\"")
        .says("value=\"maren@brackwater.example\"")
        .says("お名前");
    // Nothing of it was kept: the flow stands at its beginning.
    let page = browser.get(path).await;
    assert!(!page.html.contains("Holloway"), "{}", page.html);
    browser.submit(&page, path, &person).await;

    let path = "/connect/ledger/sign-up/step/1";
    let page = browser.get(path).await;
    let answers = [("vat_id", "DE 1"), ("ledger", "Southbook")];
    let page = turned(&mut browser, &page, path, (&answers, "en")).await;
    page.says("value=\"DE 1\"")
        .says("<option value=\"Southbook\" selected>");
    let page = browser.get(path).await;
    assert!(!page.html.contains("DE 1"), "{}", page.html);
    browser.submit(&page, path, &answers).await;

    let path = "/connect/ledger/sign-up/company";
    let page = browser.get(path).await;
    let company = [("company_name", "Brackwater"), ("terms", "yes")];
    let page = turned(&mut browser, &page, path, (&company, "de")).await;
    page.says("value=\"Brackwater\"")
        .says("name=\"terms\" value=\"yes\" checked")
        .says("name=\"privacy\" value=\"yes\" required");
    browser
        .get("/connect/ledger/confirm")
        .await
        .leads_to("/connect/ledger/sign-up/company");
    let email = "maren@brackwater.example";
    let made = stage.vault.account_by_email(LEDGER, email).await.unwrap();
    assert!(made.is_none() && stage.exchanges() == 0);
    // The page that came back goes on as the first one would have.
    let whole = [company[0], company[1], ("privacy", "yes")];
    browser
        .submit(&page, path, &whole)
        .await
        .leads_to("/connect/ledger/confirm");
}

#[tokio::test]
async fn s44_a_code_that_is_had_in_another_language_is_not_tried() {
    let stage = Stage::set().await;
    stage.seed_code().await;
    let mut browser = stage.browser();
    let mut page = browser.open(&link("cards", COMPANY)).await;
    let path = "/connect/cards/code";
    let wrong = [("code", "wrong"), ("terms", "yes"), ("privacy", "yes")];
    for language in ["de", "ja", "en", "de", "ja", "en", "de"] {
        page = turned(&mut browser, &page, path, (&wrong, language)).await;
        page.says("value=\"wrong\"")
            .says("name=\"privacy\" value=\"yes\" checked");
    }
    let right = [("code", CODE), wrong[1], wrong[2]];
    let page = turned(&mut browser, &page, path, (&right, "ja")).await;
    page.says(&format!("value=\"{CODE}\""));
    browser
        .get("/connect/cards/confirm")
        .await
        .leads_to("/connect/cards");
    browser
        .submit(&page, path, &right)
        .await
        .leads_to("/connect/cards/confirm");
}

#[tokio::test]
async fn a_message_comes_back_in_another_language_and_is_not_sent() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    let path = "/connect/ledger/contact";
    let page = browser.get(path).await;
    let message = [
        ("name", "Tom Okafor"),
        ("email", "tom@"),
        ("company_name", "Brackwater"),
        ("message", "Two lines.</textarea>%0d%0aAnd & another."),
    ];
    let typed: Vec<_> = message
        .iter()
        .map(|(name, value)| (*name, value.replace("%0d%0a", "\r\n")))
        .collect();
    let typed: Vec<_> = typed
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let page = turned(&mut browser, &page, path, (&typed, "ja")).await;
    page.says("value=\"Tom Okafor\"")
        .says("value=\"tom@\"")
        .says("Two lines.&#60;/textarea&#62;\r\nAnd &#38; another.</textarea>");
    assert_eq!(stage.vault.count_inquiries().await.unwrap().open, 0);
}

#[tokio::test]
async fn s34_a_form_of_another_session_is_not_turned_and_a_language_that_is_none_is_refused() {
    let stage = Stage::with(|config, _| {
        config.apps[0].languages = vec![Language::English, Language::German];
        config.apps[1].call_to_action = CallToAction::SignInOrUp;
    })
    .await;
    let mut browser = stage.browser();
    let page = browser.open(&link("ledger", COMPANY)).await;
    for path in ["sign-in", "sign-up", "contact"] {
        let path = format!("/connect/ledger/{path}");
        browser.get(&path).await;
        let forged = "csrf=x&name=Somebody&page-language=de".to_owned();
        let answer = browser.send("POST", &path, forged).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(!answer.html.contains("Somebody"));
    }
    for wrong in ["ja", "xx", "DE"] {
        let fields = [("page-language", wrong)];
        let path = "/connect/ledger/sign-in";
        let answer = browser.submit(&page, path, &fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    assert!(!browser.cookies.contains_key("language"));
}

#[tokio::test]
async fn enter_presses_the_forms_own_button() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    let page = browser.open(&link("cards", COMPANY)).await;
    let first = page.html.find("form=\"typed\"").unwrap();
    let (tag, _) = page.html[..first].rsplit_once('<').unwrap();
    let tag = &page.html[tag.len()..];
    let tag = tag.split_once('>').unwrap().0;
    assert!(
        tag.starts_with("<button") && !tag.contains("name="),
        "{tag}"
    );
}
