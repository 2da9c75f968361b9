//! S07: what is secret on the wire stands nowhere else. A whole story is told with the log at its
//! loudest, and every place where something is kept or shown is searched for what was secret in it.

use protocol::DAY;
use sandbox::UserFacts;
use testkit::{Answer, House, Visitor, parameter};

use crate::loud_log::{Log, around, signed_token};
use crate::one_time_passwords::{mailed, redeem};
use crate::partner_window::{PASSWORD, go_through, submit};
use crate::rows::stored;

/// A story, and what of it must not be found.
struct Story<'a> {
    house: &'a House,
    visitor: Visitor<'a>,
    secrets: Vec<(&'static str, String)>,
    /// Pages and their headers, cookies taken out of them.
    shown: String,
    /// Values of all cookies that were set.
    cookies: String,
}

impl Story<'_> {
    fn secret(&mut self, what: &'static str, value: &str) {
        assert!(value.len() >= 12, "{what}: {value:?}");
        self.secrets.push((what, value.to_owned()));
    }

    fn see(&mut self, page: &Answer) {
        for (name, value) in &page.headers {
            let value = value.to_str().unwrap();
            match name.as_str() {
                "set-cookie" => self.cookies.push_str(value),
                // Where the one address that carries a request token is handed over (CF-11), or a
                // code (RFC 6749 §4.1.2).
                "location" if value.contains("requestToken=") || value.contains("code=") => {}
                _ => self.shown.push_str(value),
            }
        }
        self.shown.push_str(&page.body);
    }

    async fn get(&mut self, place: &str) -> Answer {
        let page = self.visitor.get(place).await;
        self.see(&page);
        page
    }

    /// Fills the form of a page in.
    async fn submit(&mut self, page: &Answer, place: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = submit(&self.visitor, page, place, fields).await;
        self.see(&answer);
        answer
    }

    async fn sign_in(&mut self, user: &UserFacts) {
        let page = self.get("/sign-in").await;
        let fields = [("login", user.login.as_str()), ("password", &user.password)];
        let answer = self.submit(&page, "/sign-in", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let cookie = self.visitor.cookie("quickconnect_session").unwrap();
        self.secret("a session", &cookie);
    }

    /// Terms, I Agree, and the partner's window to its end.
    async fn connect(&mut self) {
        let app = self.house.app("Meridian");
        let page = self.get(&format!("{}/terms", app.listing)).await;
        let boxes = page.body.split("<input type=\"checkbox\"").skip(1);
        let attribute = |text: &str, name: &str| {
            let (_, rest) = text.split_once(&format!(" {name}=\"")).unwrap();
            rest.split_once('"').unwrap().0.to_owned()
        };
        let boxes: Vec<(String, String)> = boxes
            .map(|text| (attribute(text, "name"), attribute(text, "value")))
            .collect();
        assert!(boxes.len() >= 2, "{}", page.body);
        let boxes: Vec<(&str, &str)> = boxes
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        let handed = self
            .submit(&page, &format!("{}/connect", app.listing), &boxes)
            .await;
        let arrival = handed.header("location").to_owned();
        self.secret("a request token", &parameter(&arrival, "requestToken"));

        self.secret("a password", PASSWORD);
        for page in go_through(&self.visitor, &arrival).await {
            self.see(&page);
        }
        let listing = self.get(&app.listing).await;
        assert!(listing.body.contains("Disconnect"), "{}", listing.body);
    }

    /// A program of the app at work.
    async fn work(&mut self) {
        let (house, app) = (self.house, self.house.app("Meridian"));
        let company = house.company("Brackwater");
        self.secret("a client secret", &app.client_secret);
        let connect = house.request_token(company, app).await;
        self.secret("a request token", &connect.request_token);
        let granted = house.exchange(app, &connect).await;
        for field in ["access_token", "refresh_token", "id_token"] {
            self.secret(field, &granted.text(field));
        }
        let refresh = granted.text("refresh_token");
        house
            .get("us2", "/profile/v1/me", &granted.text("access_token"))
            .await;
        house.advance(8 * DAY);
        let renewed = house.refresh("us2", app, &refresh).await;
        self.secret("a successor", &renewed.text("refresh_token"));
        let access = renewed.text("access_token");
        self.secret("a later access token", &access);
        house.introspect("us2", app, &access).await;
        house.refresh("us2", app, &refresh).await;
        // Refusals tell why; not of what.
        for wrong in [
            "canary-of-a-refresh-token",
            "eyJjYW5hcnkiOjF9.eyJjYW5hcnkiOjJ9.c2ln",
        ] {
            self.secret("a wrong token", wrong);
            house.refresh("us2", app, wrong).await;
            house.introspect("us2", app, wrong).await;
            house.revoke_token("us2", app, wrong).await;
            house.get("us2", "/profile/v1/me", wrong).await;
            let form = [("grant_type", wrong), ("client_secret", wrong)];
            house.token("us2", &form).await;
            let query = format!("{}/oauth2/v0/token?token={wrong}", house.center("us2"));
            house.send(house.request("POST", &query)).await;
            let authorize = house.authorize_url("us2", app, &[("state", wrong)]);
            self.visitor.get(&authorize).await;
        }
        house.revoke_token("us2", app, &access).await;
    }

    /// An app that connects to people: by a code, and by a mail.
    async fn people(&mut self) {
        let (house, app) = (self.house, self.house.app("Pedalpath"));
        let user = house.employee(house.company("Brackwater"));
        let visitor = Visitor::new(house);
        let page = visitor
            .authorize(&house.authorize_url("us2", app, &[]))
            .await;
        self.see(&page);
        let page = visitor.sign_in(&page, user).await;
        self.see(&page);
        let answer = visitor.answer(&page, "allow").await;
        self.see(&answer);
        let code = parameter(answer.header("location"), "code");
        self.secret("a code", &code);
        let granted = house.exchange_code("us2", app, &code, &[]).await;
        self.secret("a refresh token", &granted.text("refresh_token"));
        let otp = mailed(house, &user.login, &[]).await;
        self.secret("a one-time password", &otp);
        let granted = redeem(house, (&user.login, &otp), &[]).await;
        self.secret("a refresh token", &granted.text("refresh_token"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s07_s53_no_secret_of_a_whole_story_is_in_a_log_a_page_a_cookie_or_a_database() {
    let log = Log::begin();
    let house = House::start().await;
    let mut story = Story {
        house: &house,
        visitor: Visitor::new(&house),
        secrets: Vec::new(),
        shown: String::new(),
        cookies: String::new(),
    };
    story
        .sign_in(house.admin(house.company("Brackwater")))
        .await;
    story.connect().await;
    story.work().await;
    story.people().await;
    let listing = house.app("Meridian").listing.clone();
    let page = story.get("/app-center").await;
    let ended = story
        .submit(&page, &format!("{listing}/disconnect"), &[])
        .await;
    assert_eq!(ended.status, 303, "{}", ended.body);

    let text = log.text();
    for said in ["/oauth2/v0/token", "INSERT INTO refresh_tokens"] {
        assert!(text.contains(said), "the log is loud: {said}");
    }
    let stored = stored(&house).await.join("\n");
    assert!(stored.contains("maren@brackwater.example") && story.shown.contains("Brackwater"));
    for (what, secret) in &story.secrets {
        assert!(
            !text.contains(secret),
            "the log holds {what}: {}",
            around(&text, secret)
        );
        assert!(!stored.contains(secret), "a row holds {what}");
        assert!(
            !house.database_holds(secret).await,
            "a database holds {what}"
        );
        if *what != "a session" {
            assert!(!story.cookies.contains(secret), "a cookie holds {what}");
        }
        assert!(!story.shown.contains(secret), "a page shows {what}");
    }
    // Tokens that the partner got for itself are known by their shape alone.
    for (place, content) in [("log", &text), ("rows", &stored), ("pages", &story.shown)] {
        let token = signed_token(content);
        assert!(token.is_empty(), "{place}: {}", around(content, token));
        assert!(!content.contains("requestToken="), "{place}");
    }
}
