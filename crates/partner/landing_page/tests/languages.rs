//! The landing pages in each of their languages, and how one is chosen.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod stage;

use fluent_syntax::ast::{Entry, Expression, Pattern, PatternElement};
use http::StatusCode;
use landing_page::{CallToAction, Language, SignUpField, SignUpStep, Text};
use stage::{CODE, COMPANY, Page, Stage, link};

const PERSON: [(&str, &str); 3] = [
    ("name", "Maren Holloway"),
    ("email", "maren@brackwater.example"),
    ("password", "correct horse battery"),
];
const COMPANY_STEP: [(&str, &str); 3] = [
    ("company_name", "Brackwater"),
    ("terms", "yes"),
    ("privacy", "yes"),
];
const LEDGER: &str = "/connect/ledger";

fn catalogue(language: Language) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    let path = format!("{root}/locales/{}.ftl", language.tag());
    std::fs::read_to_string(path).unwrap()
}

fn texts<'a>(pattern: &Pattern<&'a str>, found: &mut Vec<&'a str>) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => found.push(value.trim()),
            PatternElement::Placeable { expression } => {
                if let Expression::Select { variants, .. } = expression {
                    variants.iter().for_each(|one| texts(&one.value, found));
                }
            }
        }
    }
}

/// English pieces of sentences, long enough to be told from names, that another language lacks.
fn english_pieces(other: Language) -> Vec<String> {
    let (english, other) = (catalogue(Language::English), catalogue(other));
    let resource = fluent_syntax::parser::parse(english.as_str()).unwrap();
    let mut found = Vec::new();
    for entry in &resource.body {
        if let Entry::Message(message) = entry {
            texts(message.value.as_ref().unwrap(), &mut found);
        }
    }
    let long = |text: &&str| text.len() > 11 && !other.contains(*text);
    let found: Vec<String> = found.into_iter().filter(long).map(str::to_owned).collect();
    assert!(found.len() > 150);
    found
}

/// Goes everywhere: each page with what led there.
async fn tour(language: Language) -> Vec<(String, Page)> {
    let stage = Stage::asking().await;
    stage.seed_code().await;
    let mut seen = Vec::new();
    let browser = || {
        let mut browser = stage.browser();
        browser.accepts = language.tag();
        browser
    };
    let mut nobody = browser();
    for path in [
        "/",
        "/ledger",
        "/cards",
        "/ledger/terms",
        "/ledger/nothing",
        LEDGER,
        "/connect/ledger?id=1&requestToken=x",
        "/connect/ledger/cancelled",
        "/connect/ledger/contact/thanks",
        "/connect/ledger/resume",
    ] {
        seen.push((path.to_owned(), nobody.get(path).await));
    }
    let path = "/connect/ledger/contact";
    let page = nobody.get(path).await;
    let answer = nobody.submit(&page, path, &[("message", "")]).await;
    seen.push(("contact".into(), page));
    seen.push(("contact, empty".into(), answer));
    let answer = nobody.send("POST", path, String::new()).await;
    seen.push(("contact without a session".into(), answer));
    let answer = nobody.send("POST", "/ledger", String::new()).await;
    seen.push(("a post to a page".into(), answer));

    let mut ledger = browser();
    let page = ledger.open(&link("ledger", COMPANY)).await;
    let path = "/connect/ledger/sign-in";
    for attempt in 1..=11 {
        let answer = ledger
            .submit(&page, path, &[("email", "a@b.example")])
            .await;
        seen.push((format!("sign-in {attempt}"), answer));
    }
    assert_eq!(seen.last().unwrap().1.status, StatusCode::TOO_MANY_REQUESTS);
    seen.push(("start with an account".into(), page));
    let path = "/connect/ledger/sign-up";
    let page = ledger.get(path).await;
    let none = [("name", ""), ("email", "x"), ("password", "short")];
    let answer = ledger.submit(&page, path, &none).await;
    seen.push(("sign-up, wrong".into(), answer));
    ledger.submit(&page, path, &PERSON).await;
    seen.push(("sign-up".into(), page));
    let page = ledger.get(path).await;
    seen.push(("sign-up once more".into(), page));
    let page = ledger.open(LEDGER).await;
    seen.push(("begun".into(), page));
    let path = "/connect/ledger/sign-up/step/1";
    let page = ledger.get(path).await;
    let answer = ledger.submit(&page, path, &[("ledger", "Westbook")]).await;
    seen.push(("step, wrong".into(), answer));
    let answer = ledger.submit(&page, path, &[("later", "yes")]).await;
    let mail = stage.mails().pop().unwrap();
    seen.push(("step".into(), page));
    let page = ledger.open(&answer.location).await;
    seen.push(("saved".into(), page));
    let saved = "/connect/ledger/sign-up/step/1?saved=here";
    seen.push(("saved here".into(), ledger.get(saved).await));
    let mut elsewhere = browser();
    let (_, rest) = mail.text.split_once("http://127.0.0.1:8090").unwrap();
    let page = elsewhere.open(rest.lines().next().unwrap()).await;
    let path = "/connect/ledger/resume";
    let wrong = [("password", "guess")];
    let answer = elsewhere.submit(&page, path, &wrong).await;
    seen.push(("resume".into(), page));
    seen.push(("resume, wrong".into(), answer));
    let page = ledger.get("/connect/ledger/sign-up/step/1").await;
    let answers = [("vat_id", "DE1"), ("ledger", "Northbook")];
    ledger
        .submit(&page, "/connect/ledger/sign-up/step/1", &answers)
        .await;
    let path = "/connect/ledger/sign-up/company";
    let page = ledger.get(path).await;
    let answer = ledger.submit(&page, path, &[]).await;
    seen.push(("company, empty".into(), answer));
    ledger.submit(&page, path, &COMPANY_STEP).await;
    seen.push(("company".into(), page));
    let path = "/connect/ledger/confirm";
    // 134 is a passing fault; each of the others ends the flow.
    stage.refuse(134);
    let page = ledger.get(path).await;
    let answer = ledger.submit(&page, path, &[]).await;
    let answer = ledger.open(&answer.location).await;
    seen.push(("no answer".into(), answer));
    let again = ledger.get(path).await;
    seen.push(("confirm once more".into(), again));
    stage.platform.lock().unwrap().refuse_with = None;
    let answer = ledger.submit(&page, path, &[]).await;
    seen.push(("confirm".into(), page));
    let done = ledger.open(&answer.location).await;
    done.says("Brackwater Instruments Inc.");
    seen.push(("done".into(), done));

    // The account is connected: a second company needs a word more.
    let mut second = browser();
    let page = second.open(&link("ledger", stage::OTHER)).await;
    let account = [PERSON[1], PERSON[2]];
    second
        .submit(&page, "/connect/ledger/sign-in", &account)
        .await;
    let page = second.get(path).await;
    let answer = second.submit(&page, path, &[]).await;
    seen.push(("second company".into(), page));
    seen.push(("second company, not confirmed".into(), answer));

    for code in [5, 16, 53, 58, 59, 61, 134, 136] {
        stage.refuse(code);
        let mut cards = browser();
        let page = cards.open(&link("cards", COMPANY)).await;
        let path = "/connect/cards/code";
        let wrong = cards.submit(&page, path, &[("code", "x")]).await;
        let wanted = [("code", CODE), ("terms", "yes"), ("privacy", "yes")];
        let answer = cards.submit(&page, path, &wanted).await;
        seen.push(("start with a code".into(), page));
        seen.push(("code, wrong".into(), wrong));
        let page = cards.open(&answer.location).await;
        let path = "/connect/cards/confirm";
        let answer = cards.submit(&page, path, &[]).await;
        let refused = cards.open(&answer.location).await;
        seen.push(("confirm a code".into(), page));
        seen.push((format!("refused with {code}"), refused));
    }
    seen
}

#[tokio::test]
async fn every_page_is_in_the_language_asked_for() {
    for language in Language::ALL {
        let pieces = match language {
            Language::English => Vec::new(),
            _ => english_pieces(language),
        };
        let tag = language.tag();
        let pages = tour(language).await;
        assert!(pages.len() > 60, "{}", pages.len());
        for (what, page) in &pages {
            let html = &page.html;
            let what = format!("{tag}: {what}, {}", page.status);
            assert!(!html.is_empty(), "{what} leads to {}", page.location);
            page.says(&format!("lang=\"{tag}\" dir=\"ltr\""));
            assert_eq!(page.language, tag, "{what}");
            assert_eq!(page.varies, "accept-language, cookie", "{what}");
            assert_eq!(html.matches("<h1").count(), 1, "{what}");
            assert!(
                !html.contains("{ $") && !html.contains("{$"),
                "{what}: {html}"
            );
            for piece in &pieces {
                assert!(!html.contains(piece), "{what}: {piece:?} in {html}");
            }
        }
    }
}

#[tokio::test]
async fn the_mail_to_go_on_is_in_the_language_of_whoever_signs_up() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    browser.accepts = "ja-JP, en;q=0.5";
    browser.open(&link("ledger", COMPANY)).await;
    let page = browser.get("/connect/ledger/sign-up").await;
    browser
        .submit(&page, "/connect/ledger/sign-up", &PERSON)
        .await;
    let path = "/connect/ledger/sign-up/company";
    let page = browser.get(path).await;
    browser.submit(&page, path, &[("later", "yes")]).await;
    let mail = stage.mails().pop().unwrap();
    assert_eq!(mail.subject, "App ledger の接続の続き");
    assert!(
        mail.text.contains("2026年11月19日 11:06（UTC） までに"),
        "{}",
        mail.text
    );
    assert!(
        mail.text
            .contains("http://127.0.0.1:8090/connect/ledger/resume?key=")
    );
}

#[tokio::test]
async fn s43_a_choice_of_language_changes_the_words_and_nothing_else() {
    let stage = Stage::set().await;
    let mut browser = stage.browser();
    let page = browser.open(&link("ledger", COMPANY)).await;
    assert!(!page.html.contains("at-token"));
    let before = browser.cookies.clone();
    let aside = "/connect/ledger/cancelled";
    let page = browser.get(aside).await;
    page.says(&format!("name=\"page\" value=\"{aside}\""));
    let choose = "/connect/ledger/language";
    let chosen = format!("language=de&page={aside}");
    browser.send("POST", choose, chosen).await.leads_to(aside);
    assert_eq!(browser.cookies.remove("language").unwrap(), "de");
    assert_eq!(browser.cookies, before);
    browser.cookies.insert("language".into(), "de".into());
    // The flow is still there, and goes on to the end in German.
    let page = browser.open(LEDGER).await;
    page.says("Example Spend mit App ledger verbinden")
        .says("lang=\"de\" aria-pressed=\"true\"");
    let page = browser.get("/connect/ledger/sign-up").await;
    browser
        .submit(&page, "/connect/ledger/sign-up", &PERSON)
        .await
        .leads_to("/connect/ledger/sign-up/company");
    let path = "/connect/ledger/sign-up/company";
    let page = browser.get(path).await;
    let page = browser
        .submit(&page, path, &[("page-language", "ja")])
        .await;
    page.says("会社の情報と同意事項");
    browser
        .submit(&page, "/connect/ledger/sign-up/company", &COMPANY_STEP)
        .await;
    let page = browser.get("/connect/ledger/confirm").await;
    let next = browser.submit(&page, "/connect/ledger/confirm", &[]).await;
    browser
        .open(&next.location)
        .await
        .says("Brackwater Instruments Inc. が接続されました");
    assert_eq!(stage.exchanges(), 1);
}

#[tokio::test]
async fn a_choice_that_is_none_is_refused_and_nobody_is_led_elsewhere() {
    let stage = Stage::with(|config, _| {
        config.apps[1].languages = vec![Language::German, Language::English];
    })
    .await;
    let mut browser = stage.browser();
    let choose = "/connect/cards/language";
    for wrong in ["", "language=ja", "language=xx", "language=de%0d%0a"] {
        let answer = browser.send("POST", choose, wrong.into()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    assert!(browser.cookies.is_empty());
    for elsewhere in [
        "https://evil.example",
        "//evil.example",
        "/console",
        "/cards/../x",
    ] {
        let body = format!("language=de&page={elsewhere}");
        let answer = browser.send("POST", choose, body).await;
        answer.leads_to("/connect/cards");
    }
    // Looking at the address changes nothing.
    let answer = stage.browser().get(choose).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn an_app_speaks_its_own_languages_only_the_first_by_default() {
    let stage = Stage::with(|config, _| {
        config.apps[0].languages = vec![Language::English];
        config.apps[1].languages = vec![Language::German, Language::English];
        config.apps[1].call_to_action = CallToAction::Verification;
    })
    .await;
    let mut browser = stage.browser();
    browser.accepts = "ja, fr;q=0.5";
    let page = browser.get("/connect/cards").await;
    page.says("Beginnen Sie im App Center").says("Deutsch");
    assert!(!page.html.contains("日本語"));
    let page = browser.get(LEDGER).await;
    page.says("Start from App Center");
    assert!(!page.html.contains("Deutsch") && !page.html.contains("class=\"languages\""));
    assert_eq!(page.varies, "");
    browser.accepts = "de-AT, en;q=0.5";
    browser.get(LEDGER).await.says("Start from App Center");
    browser
        .get("/connect/cards/nowhere")
        .await
        .says("Diese Seite gibt es nicht");
    // The staff's console is in English.
    let page = browser.get("/console/sign-in").await;
    page.says("lang=\"en\"");
    assert_eq!((page.language.as_str(), page.varies.as_str()), ("en", ""));
}

#[tokio::test]
async fn what_an_app_says_of_itself_is_in_the_language_of_the_page() {
    let each = |english: &str, german: &str| {
        let texts = [(Language::English, english), (Language::German, german)];
        Text::of_each(texts.map(|(language, text)| (language, text.to_owned())))
    };
    let field = SignUpField {
        name: "ledger".into(),
        label: each("Which ledger?", "Welches Hauptbuch?"),
        help: Text::default(),
        optional: false,
        options: vec![each("None yet", "Noch keines"), "Northbook".into()],
    };
    let books = SignUpStep {
        title: each("Your books", "Ihre Bücher"),
        lead: Text::default(),
        fields: vec![field],
    };
    let stage = Stage::with(|config, _| {
        let app = &mut config.apps[0];
        app.languages = vec![Language::English, Language::German];
        app.lead = each("It does your books.", "Es führt Ihre Bücher.");
        app.next_steps = vec![each("Open the ledger.", "Öffnen Sie das Hauptbuch.")];
        app.shared = vec![each("Expense reports", "Spesenabrechnungen")];
        app.sign_up = vec![books];
    })
    .await;
    let mut browser = stage.browser();
    browser.accepts = "de";
    let page = browser.open(&link("ledger", COMPANY)).await;
    page.says("Es führt Ihre Bücher.")
        .says("The trial lasts 30 days.");
    let page = browser.get("/connect/ledger/sign-up").await;
    browser
        .submit(&page, "/connect/ledger/sign-up", &PERSON)
        .await;
    let step = "/connect/ledger/sign-up/step/1";
    let page = browser.get(step).await;
    page.says("<h1>Ihre Bücher</h1>")
        .says("Welches Hauptbuch?")
        .says("<option value=\"None yet\">Noch keines</option>");
    browser
        .submit(&page, step, &[("ledger", "Noch keines")])
        .await
        .says("Wählen Sie einen Eintrag der Liste: Welches Hauptbuch?");
    browser
        .submit(&page, step, &[("ledger", "None yet")])
        .await
        .leads_to("/connect/ledger/sign-up/company");
    let path = "/connect/ledger/sign-up/company";
    let page = browser.get(path).await;
    browser.submit(&page, path, &COMPANY_STEP).await;
    let path = "/connect/ledger/confirm";
    let page = browser.get(path).await;
    page.says("Spesenabrechnungen");
    let next = browser.submit(&page, path, &[]).await;
    browser
        .open(&next.location)
        .await
        .says("Öffnen Sie das Hauptbuch.");
}

#[tokio::test]
async fn what_is_refused_before_any_page_is_told_in_the_language_asked_for() {
    let stage = Stage::with(|config, _| {
        config.apps[1].languages = vec![Language::English, Language::German];
    })
    .await;
    const CONTACT: &str = "/connect/ledger/contact";
    /// The answer, what is asked for, and with which headers.
    type Case = (
        StatusCode,
        [&'static str; 2],
        &'static [(&'static str, &'static str)],
    );
    let cases: [Case; 5] = [
        (
            StatusCode::PAYLOAD_TOO_LARGE,
            ["POST", CONTACT],
            &[("content-length", "999999")],
        ),
        (
            StatusCode::FORBIDDEN,
            ["POST", CONTACT],
            &[("sec-fetch-site", "cross-site")],
        ),
        (
            StatusCode::MISDIRECTED_REQUEST,
            ["GET", CONTACT],
            &[("host", "evil.example")],
        ),
        (StatusCode::NOT_FOUND, ["GET", "/assets/nothing"], &[]),
        (
            StatusCode::METHOD_NOT_ALLOWED,
            ["POST", "/favicon.ico"],
            &[],
        ),
    ];
    for (status, asked, headers) in cases {
        for (accepts, chosen, tag) in [
            ("ja", None, "ja"),
            ("de-AT, en;q=0.5", None, "de"),
            ("fr", None, "en"),
            ("ja", Some("de"), "de"),
        ] {
            let mut browser = stage.browser();
            browser.accepts = accepts;
            if let Some(chosen) = chosen {
                browser.cookies.insert("language".into(), chosen.into());
            }
            let page = browser
                .send_with(headers, (asked[0], asked[1]), String::new())
                .await;
            assert_eq!(page.status, status, "{asked:?}");
            page.says(&format!("<html lang=\"{tag}\" dir=\"ltr\">"));
            assert_eq!(page.language, tag, "{asked:?}");
            assert_eq!(page.varies, "accept-language, cookie", "{asked:?}");
        }
    }
    let mut browser = stage.browser();
    browser.accepts = "ja";
    let headers = [("content-length", "999999")];
    let large = browser.send_with(&headers, ("POST", CONTACT), String::new());
    large.await.says("一度に送信できる量を超えています");
    // An app that does not speak it, and the console of the staff.
    for path in ["/connect/cards/contact", "/console/sign-in"] {
        let page = browser.send_with(&headers, ("POST", path), String::new());
        assert_eq!(page.await.language, "en", "{path}");
    }
}
