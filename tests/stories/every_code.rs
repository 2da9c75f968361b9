//! One story in which every numbered refusal arises, and each has the body that is documented.

use std::collections::BTreeSet;

use protocol::{ErrorCode, RequestTokenAnswer};
use testkit::{Answer, House};

/// Refusals of the sign-in with a browser have stories of their own.
const OF_THE_BROWSER: [u16; 7] = [101, 102, 103, 104, 117, 118, 119];

/// Who calls, and what came of it.
struct Story {
    house: House,
    seen: BTreeSet<u16>,
}

impl Story {
    /// A call of the token endpoint as the app whose name begins so.
    async fn token(&self, app: &str, fields: &[(&str, &str)]) -> Answer {
        let app = self.house.app(app);
        self.house.as_client("us2", "token", app, fields).await
    }

    async fn otp(&self, fields: &[(&str, &str)]) -> Answer {
        let app = self.house.app("Pedalpath");
        self.house.as_client("us2", "otp", app, fields).await
    }

    #[track_caller]
    fn refused(&mut self, answer: &Answer, number: u16) {
        let mut all = ErrorCode::ALL.iter();
        let code = all.find(|code| code.number() == number).unwrap();
        assert_eq!(answer.code(), u64::from(number), "{}", answer.body);
        assert_eq!(answer.status, code.http_status(), "{}", answer.body);
        assert_eq!(answer.text("error"), code.error());
        assert_eq!(answer.text("error_description"), code.description());
        assert_eq!(
            answer.text("concur-correlationid"),
            answer.header("concur-correlationid")
        );
        assert_eq!(answer.header("content-type"), "application/json");
        let told = answer.json().get("geolocation").is_some();
        assert_eq!(told, number == 16, "{}", answer.body);
        self.seen.insert(number);
    }
}

async fn begun() -> Story {
    let house = House::start_with(|settings| settings.user_password_grant = true).await;
    Story {
        house,
        seen: BTreeSet::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_arises_and_tells_what_is_documented() {
    let mut story = begun().await;
    clients(&mut story).await;
    request_tokens(&mut story).await;
    refreshing(&mut story).await;
    passwords(&mut story).await;
    one_time_passwords(&mut story).await;
    switched_off(&mut story).await;
    let all = ErrorCode::ALL.iter().map(|code| code.number());
    let own: BTreeSet<u16> = all
        .filter(|number| !OF_THE_BROWSER.contains(number))
        .collect();
    assert_eq!(story.seen, own);
}

async fn clients(story: &mut Story) {
    let (app, secret) = {
        let app = story.house.app("Meridian");
        (app.client_id.to_string(), app.client_secret.clone())
    };
    let (app, secret) = (("client_id", app.as_str()), ("client_secret", &*secret));
    let own = ("grant_type", "client_credentials");
    for (fields, number) in [
        (vec![secret, own], 62),
        (vec![app, own], 63),
        (vec![("client_id", "x"), secret, own], 61),
        (vec![app, ("client_secret", "x"), own], 64),
        (vec![app, secret], 65),
        (vec![app, secret, ("grant_type", "implicit")], 60),
        (vec![app, secret, own, ("scope", "everything")], 54),
        (vec![app, secret, own, own], 135),
    ] {
        let answer = story.house.token("us2", &fields).await;
        story.refused(&answer, number);
    }
}

/// The form of an exchange.
fn exchange<'a>(username: &'a str, password: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("grant_type", "password"),
        ("credtype", "authtoken"),
        ("username", username),
        ("password", password),
    ]
}

async fn request_tokens(story: &mut Story) {
    let connect = async |story: &Story, company: &str| -> RequestTokenAnswer {
        let (company, app) = (story.house.company(company), story.house.app("Meridian"));
        story.house.request_token(company, app).await
    };
    let here = connect(story, "Brackwater").await;
    let id = here.id.to_string();
    let good = exchange(&id, &here.request_token);
    let wrong = story.token("Meridian", &exchange(&id, "at-x")).await;
    story.refused(&wrong, 5);
    let nameless = story.token("Meridian", &exchange("", "at-x")).await;
    story.refused(&nameless, 51);
    let silent = story.token("Meridian", &exchange(&id, "")).await;
    story.refused(&silent, 52);
    let other_kind = [good[0], ("credtype", "sso"), good[2], good[3]];
    story.refused(&story.token("Meridian", &other_kind).await, 120);
    story.refused(&story.token("Harbor", &good).await, 136);

    let away = connect(story, "Feldmann").await;
    let away_id = away.id.to_string();
    let elsewhere = exchange(&away_id, &away.request_token);
    let elsewhere = story.token("Meridian", &elsewhere).await;
    story.refused(&elsewhere, 16);
    assert_eq!(elsewhere.text("geolocation"), story.house.center("eu2"));

    allow_only(story, Some("Feldmann")).await;
    story.refused(&story.token("Meridian", &good).await, 53);
    allow_only(story, None).await;
}

/// Sets the AllowedPrincipals of every app.
async fn allow_only(story: &Story, company: Option<&str>) {
    let company = company.map(|name| story.house.company(name).id.to_string());
    let mut tx = story.house.write().await;
    let sql = "UPDATE apps SET allowed_principal = $1";
    tx.execute(sql, &db::values![company]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn refreshing(story: &mut Story) {
    let grant = ("grant_type", "refresh_token");
    let (house, app) = (&story.house, story.house.app("Meridian"));
    let connect = house.request_token(house.company("Brackwater"), app).await;
    let granted = house.exchange(app, &connect).await.text("refresh_token");
    let stolen = [grant, ("refresh_token", granted.as_str())];
    story.refused(&story.token("Harbor", &stolen).await, 105);
    story.refused(&story.token("Meridian", &[grant]).await, 106);
    let dead = [grant, ("refresh_token", "x")];
    story.refused(&story.token("Meridian", &dead).await, 108);
    let mut tx = story.house.write().await;
    let sql = "UPDATE apps SET grants = 'password' WHERE client_id = $1";
    let harbor = story.house.app("Harbor").client_id.to_string();
    tx.execute(sql, &db::values![harbor]).await.unwrap();
    tx.commit().await.unwrap();
    story.refused(&story.token("Harbor", &dead).await, 107);
}

async fn passwords(story: &mut Story) {
    let company = story.house.company("Brackwater").clone();
    let user = story.house.employee(&company).clone();
    let guess = [
        ("grant_type", "password"),
        ("username", user.login.as_str()),
        ("password", "a guess"),
    ];
    let right = [guess[0], guess[1], ("password", user.password.as_str())];
    story.house.switch_user(&company, &user, false).await;
    story.refused(&story.token("Pedalpath", &right).await, 10);
    story.house.switch_user(&company, &user, true).await;
    let mut last = story.token("Pedalpath", &guess).await;
    for _ in 0..10 {
        last = story.token("Pedalpath", &guess).await;
    }
    story.refused(&last, 14);
}

async fn one_time_passwords(story: &mut Story) {
    let (channel, handle) = (
        ("channel_type", "email"),
        ("channel_handle", "x@brackwater.example"),
    );
    let (grant, guess) = (("grant_type", "otp"), ("otp", "dd-x"));
    for (fields, number) in [
        (vec![handle], 57),
        (vec![channel], 58),
        (vec![("channel_type", "sms"), handle], 80),
        (vec![channel, ("channel_handle", "x")], 81),
    ] {
        story.refused(&story.otp(&fields).await, number);
        let exchange = [&[grant, guess], &fields[..]].concat();
        story.refused(&story.token("Pedalpath", &exchange).await, number);
    }
    let bare = [grant, channel, handle];
    story.refused(&story.token("Pedalpath", &bare).await, 56);
    let guess = [grant, channel, handle, guess];
    story.refused(&story.token("Pedalpath", &guess).await, 83);
    for _ in 0..5 {
        assert_eq!(story.otp(&[channel, handle]).await.status, 200);
    }
    story.refused(&story.otp(&[channel, handle]).await, 82);
    story.refused(&story.token("Pedalpath", &guess).await, 85);
    let user = story.house.admin(story.house.company("Brackwater"));
    let handle = ("channel_handle", user.login.as_str());
    assert_eq!(story.otp(&[channel, handle]).await.status, 200);
    let otp = crate::one_time_passwords::last_otp(&story.house);
    let fields = [grant, channel, handle, ("otp", &otp), ("tenant", "a")];
    let differs = story.house.app("Pedalpath");
    let differs = story.house.as_client("us2", "token", differs, &fields);
    let differs = differs.await;
    story.refused(&differs, 84);
}

async fn switched_off(story: &mut Story) {
    let company = story.house.company("Brackwater").clone();
    let app = story.house.app("Meridian").clone();
    let connect = story.house.request_token(&company, &app).await;
    story.house.switch_company(&company, false).await;
    story.refused(&story.house.exchange(&app, &connect).await, 123);
    story.house.switch_app(&app, false).await;
    story.refused(&story.house.exchange(&app, &connect).await, 59);
}
