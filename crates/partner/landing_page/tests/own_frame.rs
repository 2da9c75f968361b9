//! Pages in a frame of the operator's own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod stage;

use std::path::Path;
use std::sync::Arc;

use landing_page::{AppConfig, Language, OwnFrame};
use stage::{COMPANY, Stage, link};

/// The example of the documentation, as it stands there.
fn example(folder: &Path) {
    let page = include_str!("../../../../docs/operate/partner.md");
    for (name, kind) in [
        ("frame.html", "html"),
        ("style.css", "css"),
        ("mark.svg", "svg"),
    ] {
        let (_, block) = page.split_once(&format!("```{kind}\n")).unwrap();
        let (content, _) = block.split_once("```").unwrap();
        std::fs::write(folder.join(name), content).unwrap();
    }
}

/// What is said when a file of the example is changed.
fn refusal(app: &AppConfig, file: &str, from: &str, to: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    example(folder.path());
    let path = folder.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(text.contains(from), "{from} is not in {file}");
    std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    let told = OwnFrame::load(folder.path(), app).unwrap_err();
    assert_eq!(told.lines().count(), 1, "{told}");
    told
}

async fn framed(folder: &Path) -> Stage {
    Stage::with(|config, _| {
        for app in &mut config.apps {
            app.languages = Language::ALL.to_vec();
            app.frame = Some(Arc::new(OwnFrame::load(folder, app).unwrap()));
        }
    })
    .await
}

#[tokio::test]
async fn s44_the_example_stands_around_every_page_and_the_facts_stay() {
    let folder = tempfile::tempdir().unwrap();
    example(folder.path());
    let stage = framed(folder.path()).await;
    let mut browser = stage.browser();
    let first = browser.open(&link("ledger", COMPANY)).await;
    first
        .says("<header class=\"own-top\">")
        .says("makers of App ledger")
        .says("<meta name=\"referrer\" content=\"no-referrer\">")
        .says("href=\"#main\"")
        .says("<div class=\"own-page\">\n<main class=\"page wide\" id=\"main\"");
    assert!(!first.html.contains("site-header") && !first.html.contains("site-footer"));

    let page = browser.signs_up().await;
    for fact in [COMPANY, "Data center", "Environment", "Scopes", "own-foot"] {
        page.says(fact);
    }
    let done = browser.submit(&page, "/connect/ledger/confirm", &[]).await;
    browser.open(&done.location).await.says("own-top");
    assert_eq!(stage.exchanges(), 1);

    for path in ["/ledger", "/ledger/terms"] {
        browser.get(path).await.says("own-top").says("own-foot");
    }
    let console = browser.get("/console/sign-in").await;
    assert!(!console.html.contains("own-top"));
}

#[tokio::test]
async fn s44_the_badge_of_an_app_for_tests_and_the_choice_of_a_language_stand_in_any_frame() {
    let folder = tempfile::tempdir().unwrap();
    example(folder.path());
    let stage = framed(folder.path()).await;
    let mut browser = stage.browser();
    let page = browser.open(&link("cards", COMPANY)).await;
    let (_, content) = page.html.split_once("<main").unwrap();
    assert!(content.contains(">Test</span>"), "{content}");
    assert!(content.contains("class=\"languages\""), "{content}");
    let german = browser
        .submit(&page, "/connect/cards/code", &[("page-language", "de")])
        .await;
    german.says("Datenschutz").says("aria-label=\"Hilfe\"");
    let product = browser.get("/cards").await;
    product.says("class=\"languages\"").says("Bedingungen");
}

#[tokio::test]
async fn its_files_come_from_our_origin_at_an_address_that_changes_with_them() {
    let folder = tempfile::tempdir().unwrap();
    example(folder.path());
    let stage = framed(folder.path()).await;
    let mut browser = stage.browser();
    let page = browser.get("/ledger").await;
    let address = |name: &str| {
        let mut quoted = page.html.split('"');
        let is_it = |text: &&str| text.starts_with("/ledger/frame/") && text.ends_with(name);
        quoted.find(is_it).unwrap().to_owned()
    };
    let (sheet, mark) = (address("/style.css"), address("/mark.svg"));
    browser.get(&sheet).await.says(".own-top");
    browser.get(&mark).await.says("<svg");
    let template = sheet.replace("style.css", "frame.html");
    assert_eq!(browser.get(&template).await.status, 404);
    let other = sheet.replace("/ledger/", "/cards/");
    browser.get(&other).await.says(".own-top");

    std::fs::write(folder.path().join("mark.svg"), "<svg/>").unwrap();
    let changed = framed(folder.path()).await;
    let page = changed.browser().get("/ledger").await;
    assert!(!page.html.contains(&mark), "{}", page.html);
    assert_eq!(changed.browser().get(&mark).await.status, 404);
}

#[tokio::test]
async fn s32_whatever_a_frame_must_not_hold_is_told_with_file_and_line() {
    let stage = Stage::set().await;
    let app = stage.app("ledger");
    for (from, to, told) in [
        (
            "</header>",
            "<script>go()</script></header>",
            ":7: <script>",
        ),
        (
            "</header>",
            "<script src=\"/a.js\"></script></header>",
            ":7: <script>",
        ),
        ("</header>", "<style>p {}</style></header>", ":7: <style>"),
        ("class=\"own-top\"", "onclick=\"go()\"", ":1: onclick"),
        ("class=\"own-top\"", "style=\"color: red\"", ":1: style"),
        ("class=\"own-top\"", "hidden", ":1: hidden"),
        (
            "class=\"own-top\"",
            "class='own-top'",
            ":1: class: write its value",
        ),
        ("<p>", "<form action=\"/x\">", ":10: <form>"),
        ("<p>", "<iframe src=\"/x\">", ":10: <iframe>"),
        ("<p>", "<p><!-- a remark -->", ":10: <!"),
        ("<p>", "<p>1 < 2", ":10: a < that begins"),
        (
            "{{ asset(\"mark.svg\") }}",
            "https://elsewhere.example/a.png",
            ":2: \"https://elsewhere.example/a.png\" is loaded from elsewhere",
        ),
        (
            "asset(\"mark.svg\")",
            "asset(\"nothing.svg\")",
            "there is no such file beside it",
        ),
        ("{{ home }}", "javascript:go()", ":2: \"javascript:go()\""),
        ("{{ home }}", "//elsewhere.example", ":2: \"//elsewhere"),
        (
            "{{ company }}, makers",
            "{{ compny }}, makers",
            ":10: compny is not known",
        ),
        (
            "{{ links.terms }}",
            "{{ links.imprint }}",
            ":11: links.imprint is not known",
        ),
        (
            "{{ links.terms }}",
            "/elsewhere",
            "no link leads to {{ links.terms }}",
        ),
        (
            "<p>",
            "<p>{% if false %}{{ nobody }}{% endif %}",
            ":10: nobody is not known",
        ),
        ("<p>", "<p>{% if %}", ":10: "),
        ("{{ content }}", "", "{{ content }} is missing"),
        (
            "{{ content }}",
            "{{ content }}{{ content }}",
            "more than once",
        ),
        (
            "{{ content }}",
            "<p title=\"{{ content }}\"></p>",
            "within a tag",
        ),
        (
            "<div class=\"own-page\">",
            "<div class=\"visually-hidden\">",
            "stands around {{ content }}",
        ),
        (
            "<div class=\"own-page\">",
            "<div aria-label=\"x\">",
            "stands around {{ content }}",
        ),
        (
            "<div class=\"own-page\">{{ content }}</div>",
            "<a href=\"/\">{{ content }}</a>",
            "stands around {{ content }}",
        ),
        ("</footer>", "", "is not closed"),
        ("</header>", "</header></div>", "</div> closes nothing"),
        ("<p>", "<p>{{ \"<script>\"|safe }}", "<script>"),
    ] {
        let said = refusal(&app, "frame.html", from, to);
        assert!(
            said.contains("frame.html") && said.contains(told),
            "{from} -> {to}: {said}"
        );
    }
}

#[tokio::test]
async fn s32_a_style_sheet_reaches_nothing_but_the_frame() {
    let stage = Stage::set().await;
    let app = stage.app("ledger");
    for (added, told) in [
        ("@import \"x.css\";", ":7: @import"),
        (
            "@font-face { src: url(x) }",
            "there are @media and @supports",
        ),
        (".key-values { display: none }", ":7: \".key-values\""),
        (".own-page .banner { display: none }", "begins with own-"),
        (".own-page > * { display: none }", "begins with own-"),
        (".own-top:has(.x) { color: red }", "begins with own-"),
        (
            ".own-top { background: url(https://elsewhere.example/a.png) }",
            "loaded from elsewhere",
        ),
        (
            ".own-top { background: url(nothing.png) }",
            "loaded from elsewhere",
        ),
        (
            ".own-top { color: red !important }",
            "!important has no place",
        ),
        (":root { display: none }", ":root sets tokens alone"),
        (
            ".own-top { main { display: none } }",
            "rules do not stand within rules",
        ),
        (".own-top { color: red", "rules do not stand within rules"),
        ("/* no end", "a remark does not end"),
        (".own-top { c\\6flor: red }", "write the character itself"),
    ] {
        const LAST: &str = ".own-page { min-height: 60vh; }\n";
        let said = refusal(&app, "style.css", LAST, &format!("{LAST}{added}\n"));
        assert!(
            said.contains("style.css") && said.contains(told),
            "{added}: {said}"
        );
    }
    let said = refusal(&app, "more.css", "", ".own-top {}");
    assert!(said.contains("there is one style sheet"), "{said}");
    let said = refusal(&app, "app.js", "", "go()");
    assert!(said.contains("app.js: a frame has frame.html"), "{said}");
}
