//! S07, S43: what is secret in a connect flow stands nowhere that a browser, a server or a mail keeps.
//! A company connects in a real browser, with the log at its loudest; then everything is searched.

use std::collections::BTreeSet;

use db::Db;
use protocol::{RefreshTokenValue, RequestTokenAnswer, RequestTokenValue};
use sandbox::{AppFacts, STAFF_EMAIL, STAFF_PASSWORD};
use secrecy::ExposeSecret;
use testkit::House;
use testkit::browser::{Browser, Profile, Request};

use crate::actors::{SMALL, Terms, agree, signed_in};
use crate::loud_log::{Log, around, signed_token};
use crate::rows::stored;

const PASSWORD: &str = "the canary sings at dawn";
const COMPANY: &str = "Brackwater Canaries";

const REQUEST_TOKEN: &str = "a request token";

/// Where Chromium keeps the addresses that redirects have passed through.
const REDIRECTS: [&str; 3] = [
    "Default/Favicons",
    "Default/History",
    "segmentation_platform/ukm_db",
];

/// A story, and what of it must not be found.
struct Story<'a> {
    house: &'a House,
    browser: &'a Browser,
    secrets: Vec<(&'static str, String)>,
    requests: Vec<Request>,
    /// Where the windows can go back and forth.
    windows: Vec<String>,
}

impl Story<'_> {
    fn secret(&mut self, what: &'static str, value: &str) {
        assert!(value.len() >= 12, "{what}: {value:?}");
        self.secrets.push((what, value.to_owned()));
    }

    /// Notes what the browser has asked for, and where its window can go.
    async fn note(&mut self) {
        let asked = self.browser.loads_nothing_from_elsewhere().await;
        self.requests.extend(asked);
        self.windows.extend(self.browser.back_and_forward().await);
    }

    /// From a listing to the partner.
    async fn agrees(&mut self, app: &AppFacts, first: bool) {
        let browser = self.browser;
        // The terms' own script counts on a second window.
        browser.run_scripts(false).await;
        browser.open(&format!("{}/terms", app.listing)).await;
        browser.see("Please review the following licensing").await;
        browser.stay_in_this_window().await;
        let terms = Terms {
            first_time: first,
            for_the_company: first,
        };
        agree(browser, terms).await;
        browser.arrive_at("/connect/").await;
        browser.run_scripts(true).await;
    }

    /// From the listing through an account of its own, with the mail of somebody who finishes later.
    async fn signs_up(&mut self) {
        let app = self.house.app("Meridian");
        let browser = self.browser;
        self.agrees(app, true).await;
        browser.click_link("Create account").await;
        browser.fill("Your name", "Maren Holloway").await;
        browser.fill("Work email", "maren@brackwater.example").await;
        browser.fill("Password", PASSWORD).await;
        browser.click_button("Continue").await;
        browser.fill("Company name", COMPANY).await;
        browser.click_button("Save and finish later").await;
        browser.see("We have sent you a link").await;
        browser.tick("I agree to the terms and conditions").await;
        browser.tick("I have read the privacy policy").await;
        browser.click_button("Continue to confirmation").await;
        let tail = self.house.company("Brackwater").id.tail();
        browser
            .click_button(&format!("Connect company …{tail}"))
            .await;
        browser.see("You may now close this window.").await;
        self.note().await;
        self.secret("a password", PASSWORD);
        self.secret("a client secret", &app.client_secret);
        browser.open(&app.listing).await;
        browser.see("Connected for all").await;
        self.note().await;
    }

    /// By a code that the partner has handed over.
    async fn enters_a_code(&mut self) {
        let (company, app) = (self.house.company("Brackwater"), self.house.app("Harbor"));
        let mut codes = self.house.facts.verification_codes.iter();
        let code = codes.find(|code| code.client_id == app.client_id).unwrap();
        self.secret("a verification code", &code.code);
        let browser = self.browser;
        self.agrees(app, false).await;
        browser.fill("Verification code", &code.code).await;
        browser.tick("I agree to the terms and conditions").await;
        browser.tick("I have read the privacy policy").await;
        browser.click_button("Continue").await;
        browser
            .click_button(&format!("Connect company …{}", company.id.tail()))
            .await;
        browser.see("What happens next").await;
        self.note().await;
    }

    /// A member of the partner's staff makes a key for a program.
    async fn makes_a_key(&mut self) {
        let browser = self.browser;
        browser
            .open(&self.house.facts.partner.join("/console/keys"))
            .await;
        browser.fill("Work email", STAFF_EMAIL).await;
        browser.fill("Password", STAFF_PASSWORD).await;
        browser.click_button("Sign in").await;
        browser.fill("Program", "Nightly export").await;
        browser.click_button("Make a key").await;
        browser.see("The key for Nightly export").await;
        let key = browser.text_of("#new-secret").await;
        self.secret("an API key", &key);
        browser.click_link("Back to API keys").await;
        self.note().await;
    }

    /// What the partner's programs are handed.
    async fn works(&mut self) {
        let company = self.house.company("Brackwater").id.as_uuid();
        for app in ["Meridian", "Harbor"] {
            let app = self.house.app(app).client_id;
            let token = self.house.partner.broker().access_token(app, company).await;
            let token = token.unwrap_or_else(|_| panic!("no token"));
            self.secret("an access token", token.value.expose_secret());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s07_s43_no_secret_of_a_connect_in_a_browser_is_kept_or_told_by_anybody() {
    let log = Log::begin();
    let metrics = hosting::measured().unwrap();
    let house = House::start().await;
    let admin = house.admin(house.company("Brackwater"));
    let browser = signed_in(&house, admin, SMALL).await;
    let mut story = Story {
        house: &house,
        browser: &browser,
        secrets: Vec::new(),
        requests: Vec::new(),
        windows: Vec::new(),
    };
    story.signs_up().await;
    story.enters_a_code().await;
    story.makes_a_key().await;
    story.works().await;
    let (mut secrets, requests, windows) = (story.secrets, story.requests, story.windows);

    // The one place where a request token stands is the address that the platform hands to the
    // landing page (CF-13): once for each connect.
    let arrivals: Vec<&Request> = requests
        .iter()
        .filter(|request| request.url.contains("requestToken="))
        .collect();
    let handed: BTreeSet<String> = arrivals
        .iter()
        .map(|request| testkit::parameter(&request.url, "requestToken"))
        .collect();
    assert!(arrivals.iter().all(|request| request.is_page));
    assert_eq!((arrivals.len(), handed.len()), (2, 2), "{arrivals:?}");
    for token in handed {
        assert!(RequestTokenValue::parse(&token).is_some());
        secrets.push((REQUEST_TOKEN, token));
    }
    let told = requests
        .iter()
        .filter(|request| !request.url.contains("requestToken="))
        .flat_map(|request| [request.url.clone(), request.page.clone()]);
    let told: Vec<String> = told.collect();

    let profile = browser.close().await;
    let history = history(&profile).await.unwrap();
    let app = house.app("Meridian");
    assert!(history.contains(&app.connect_uri), "{history:?}");

    let mails: Vec<String> = house.mails().into_iter().map(|mail| mail.text).collect();
    assert!(mails.iter().any(|mail| mail.contains("/resume?key=")));
    let log = log.text();
    for said in [
        "/oauth2/v0/token",
        "INSERT INTO refresh_tokens",
        "somebody arrived",
    ] {
        assert!(log.contains(said), "the log is loud: {said}");
    }
    let stored = stored(&house).await.join("\n");
    let metrics = metrics.render();
    assert!(
        stored.contains(COMPANY) && metrics.contains("tokens"),
        "{metrics}"
    );
    let places = [
        ("the log", log),
        ("a row", stored),
        ("a number", metrics),
        ("a mail", mails.join("\n")),
        ("an address", told.join("\n")),
        ("a window", windows.join("\n")),
        ("the history", history.join("\n")),
    ];
    for (place, text) in &places {
        for (what, secret) in &secrets {
            let line = around(text, secret);
            assert!(!text.contains(secret), "{place} holds {what}: {line}");
        }
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
            let minted = RefreshTokenValue::parse(word).is_some();
            assert!(
                !minted,
                "{place} holds a refresh token: {}",
                around(text, word)
            );
        }
        let token = signed_token(text);
        assert!(token.is_empty(), "{place}: {}", around(text, token));
        assert!(!text.contains("requestToken="), "{place}");
    }
    for (what, secret) in &secrets {
        assert!(
            !house.database_holds(secret).await,
            "a database holds {what}"
        );
        // A browser remembers for itself which addresses have led to which; it shows them nowhere.
        let kept = profile.files_with(secret);
        let of_redirects = |file: &String| REDIRECTS.iter().any(|name| file.starts_with(name));
        let known = *what == REQUEST_TOKEN && kept.iter().all(of_redirects);
        assert!(
            kept.is_empty() || known,
            "the browser keeps {what} in {kept:?}"
        );
    }
    opens_nothing(&house, &secrets).await;
}

/// The addresses that the browser's page of its history shows: where each navigation has ended.
async fn history(profile: &Profile) -> Result<Vec<String>, db::Error> {
    // PAGE_TRANSITION_CHAIN_END, as Chromium calls it.
    let sql = "SELECT u.url FROM urls u JOIN visits v ON v.url = u.id
               WHERE v.transition & 536870912 <> 0 ORDER BY v.id";
    let db = Db::open_sqlite(&profile.folder().join("Default/History"))?;
    let rows = db.read().await?.query(sql, &[]).await?;
    rows.iter().map(|row| row.get("url")).collect()
}

/// What is left of a link opens nothing: the receipt of its tokens is proven.
async fn opens_nothing(house: &House, secrets: &[(&'static str, String)]) {
    let (company, tessel) = (house.company("Brackwater"), house.app("Tessel"));
    let fresh = house.request_token(company, tessel).await;
    let granted = house.exchange(tessel, &fresh).await;
    let shape = RefreshTokenValue::parse(&granted.text("refresh_token"));
    assert!(shape.is_some(), "what was searched for has this shape");
    let used = secrets.iter().filter(|(what, _)| *what == REQUEST_TOKEN);
    for (_, token) in used {
        let again = RequestTokenAnswer {
            request_token: token.clone(),
            id: fresh.id,
            user_id: fresh.user_id,
        };
        let mut codes = [
            house.exchange(house.app("Meridian"), &again).await.code(),
            house.exchange(house.app("Harbor"), &again).await.code(),
        ];
        codes.sort_unstable();
        assert_eq!(codes, [5, 136], "used, and another app's");
    }
}
