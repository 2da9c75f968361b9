//! From an app to a person and back with a code: signing in, agreeing, being remembered.

use std::time::Duration;

use db::Row;
use protocol::jose::{self, IdClaims};
use protocol::{MINUTE, Principal};
use testkit::{House, Visitor, hidden, parameter};

use crate::authorize::app_of_people;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_agrees_and_the_app_gets_tokens_of_that_person() {
    let house = House::start().await;
    let (company, app) = (house.company("Feldmann"), house.app("Pedalpath"));
    let user = house.employee(company);
    let visitor = Visitor::new(&house);
    let more = [
        ("state", "st/ate +1"),
        ("nonce", "a nonce"),
        ("scope", "openid profile"),
    ];
    let page = visitor
        .authorize(&house.authorize_url("us2", app, &more))
        .await;
    assert_eq!(page.status, 200);
    for told in [
        "Sign in with Quick Connect",
        "Pedalpath",
        "By signing in you are authorizing",
        "Read your name and preferred language",
    ] {
        assert!(page.body.contains(told), "{told}: {}", page.body);
    }
    assert!(!page.body.contains("Read your profile"), "it was not asked");
    let signed_in_at = house.now().as_seconds();
    let page = visitor.sign_in(&page, user).await;
    let company_name = company.name.replace('&', "&#38;");
    for told in ["Allow Pedalpath to act for you?", &user.name, &company_name] {
        assert!(page.body.contains(told), "{told}: {}", page.body);
    }
    house.advance(MINUTE);
    let answer = visitor.answer(&page, "allow").await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    let back = answer.header("location");
    assert!(back.starts_with(&app.redirect_uris[0]), "{back}");
    assert_eq!(parameter(back, "geolocation"), house.center("eu2"));
    assert_eq!(parameter(back, "state"), "st/ate +1");
    assert_eq!(parameter(back, "iss"), house.center("us2"));
    let code = parameter(back, "code");

    let tokens = house.exchange_code("glz", app, &code, &[]).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    assert_eq!(tokens.text("geolocation"), house.center("eu2"));
    assert_eq!(tokens.text("scope"), "openid profile");
    let keys = house.platform.keys().unwrap();
    let id: IdClaims = jose::verify(&tokens.text("id_token"), keys.public()).unwrap();
    assert_eq!(id.sub, user.id.as_uuid());
    assert_eq!(id.aud, app.client_id.to_string());
    assert_eq!(id.nonce.as_deref(), Some("a nonce"));
    assert_eq!(id.auth_time, Some(signed_in_at));
    assert_eq!(id.iss.as_str(), house.center("glz"));
    let algorithm = protocol::jose::SigningAlgorithm::default();
    let access_token = tokens.text("access_token");
    assert_eq!(id.at_hash, Some(jose::at_hash(algorithm, &access_token)));
    let who = house.get("eu2", "/oauth2/v0/userinfo", &access_token).await;
    assert_eq!(who.json()["name"], user.name);
    let again = house
        .refresh("eu2", app, &tokens.text("refresh_token"))
        .await;
    assert_eq!(again.status, 200, "{}", again.body);
    assert_eq!(again.text("scope"), "openid profile");

    // It is a connection like any other: seen, and ended by the person.
    let list = visitor
        .get(&house.facts.app_center.join("/app-center/connections"))
        .await;
    assert!(list.body.contains("Pedalpath"), "{}", list.body);
    let principal = Principal::User(company.id, user.id);
    assert!(house.disconnect(principal, app).await);
    let dead = house
        .refresh("eu2", app, &again.text("refresh_token"))
        .await;
    assert_eq!(dead.code(), 108);
}

#[tokio::test(flavor = "multi_thread")]
async fn s35_a_connection_to_an_app_without_a_listing_is_seen_and_ended_by_its_person_alone() {
    let house = House::start().await;
    let app = app_of_people(&["http://127.0.0.1:3000/callback"]);
    let app = house.register(app).await;
    let company = house.company("Brackwater");
    let (user, other) = (house.employee(company), house.admin(company));
    let (mine, theirs) = (Visitor::new(&house), Visitor::new(&house));
    let url = house.authorize_url("glz", &app, &[]);
    let mut tokens = Vec::new();
    for (visitor, user) in [(&mine, user), (&theirs, other)] {
        let code = parameter(&visitor.allow(&url, user).await, "code");
        let answer = house.exchange_code("glz", &app, &code, &[]).await;
        tokens.push(answer.text("refresh_token"));
    }
    let list = house.facts.app_center.join("/app-center/connections");
    let page = mine.get(&list).await;
    let own = format!("/app-center/connections/{}", app.client_id);
    assert!(
        page.body.contains(&format!("href=\"{own}\"")),
        "{}",
        page.body
    );
    let path = format!("{own}/disconnect");
    let page = mine.get(&house.facts.app_center.join(&path)).await;
    assert!(
        page.body.contains("Fjord Books loses access to your data"),
        "{}",
        page.body
    );
    let forged = mine.post(&path, &[("csrf", "forged")]).await;
    assert_eq!(forged.status, 403);
    let csrf = hidden(&page, "csrf");
    let ended = mine.post(&path, &[("csrf", &csrf)]).await;
    assert_eq!(ended.status, 303, "{}", ended.body);
    let gone = mine.get(&list).await;
    assert!(!gone.body.contains("Fjord Books"), "{}", gone.body);
    let codes = [
        house.refresh("us2", &app, &tokens[0]).await.code(),
        house.refresh("us2", &app, &tokens[1]).await.code(),
    ];
    assert_eq!(codes, [108, 0], "only the own one has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_neither_scope_nor_state_everything_the_app_may_have_is_asked() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let user = house.employee(house.company("Brackwater"));
    let visitor = Visitor::new(&house);
    let back = visitor
        .allow(&house.authorize_url("glz", app, &[]), user)
        .await;
    assert!(!back.contains("state="), "{back}");
    let code = parameter(&back, "code");
    let tokens = house.exchange_code("us2", app, &code, &[]).await;
    assert_eq!(tokens.text("scope"), app.scopes.join(" "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_query_is_kept_and_the_answer_is_added() {
    let house = House::start().await;
    let registered = "http://127.0.0.1:3000/callback?tenant=a%20b+c";
    let app = house.register(app_of_people(&[registered])).await;
    let user = house.employee(house.company("Brackwater"));
    let visitor = Visitor::new(&house);
    let back = visitor
        .allow(&house.authorize_url("glz", &app, &[]), user)
        .await;
    assert!(
        back.starts_with(&format!("{registered}&geolocation=")),
        "{back}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_remembered_as_long_as_the_connection_lasts_and_covers_it() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Pedalpath"));
    let user = house.employee(company);
    let visitor = Visitor::new(&house);
    let some = [("scope", "openid profile")];
    let some = house.authorize_url("glz", app, &some);
    let back = visitor.allow(&some, user).await;
    // Agreed, but the app has not come for it yet.
    let page = visitor.authorize(&some).await;
    assert!(page.body.contains("act for you?"), "{}", page.body);
    let code = parameter(&back, "code");
    assert_eq!(
        house.exchange_code("glz", app, &code, &[]).await.status,
        200
    );

    let silent = visitor.authorize(&some).await;
    assert_eq!(silent.status, 303, "nothing is asked again");
    assert!(!parameter(silent.header("location"), "code").is_empty());
    for more in [
        vec![("scope", "openid user.read")],
        vec![("scope", "openid profile"), ("prompt", "consent")],
    ] {
        let page = visitor
            .authorize(&house.authorize_url("glz", app, &more))
            .await;
        assert!(page.body.contains("act for you?"), "{more:?}");
    }
    house
        .disconnect(Principal::User(company.id, user.id), app)
        .await;
    let page = visitor.authorize(&some).await;
    assert!(page.body.contains("act for you?"), "it was taken back");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusing_tells_the_app_so() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let user = house.employee(house.company("Brackwater"));
    let visitor = Visitor::new(&house);
    let url = house.authorize_url("eu2", app, &[("state", "s")]);
    let page = visitor.authorize(&url).await;
    let page = visitor.sign_in(&page, user).await;
    let answer = visitor.answer(&page, "refuse").await;
    let back = answer.header("location");
    let expected = format!(
        "{}?error=access_denied&error_code=user_denied&error_description=The+user+denied+your+request.&state=s&iss=",
        app.redirect_uris[0]
    );
    assert!(back.starts_with(&expected), "{back}");
    assert_eq!(parameter(back, "iss"), house.center("eu2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_a_company_that_the_app_may_not_have_are_sent_back_with_53() {
    let house = House::start().await;
    let mut new = app_of_people(&["http://127.0.0.1:3000/callback"]);
    new.allowed_principal = Some(house.company("Feldmann").id);
    let app = house.register(new).await;
    let visitor = Visitor::new(&house);
    let url = house.authorize_url("glz", &app, &[]);
    let page = visitor.authorize(&url).await;
    let stranger = house.employee(house.company("Brackwater"));
    let answer = visitor.sign_in(&page, stranger).await;
    let back = answer.header("location");
    assert_eq!(parameter(back, "error"), "access_denied", "{back}");
    assert_eq!(parameter(back, "error_code"), "53");
    let own = Visitor::new(&house);
    let back = own
        .allow(&url, house.employee(house.company("Feldmann")))
        .await;
    assert!(!parameter(&back, "code").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn s10_s29_a_wrong_password_is_422_says_not_which_half_and_is_limited() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let company = house.company("Brackwater");
    let user = house.employee(company);
    house
        .switch_user(company, house.admin(company), false)
        .await;
    let visitor = Visitor::new(&house);
    let url = house.authorize_url("glz", app, &[]);
    let page = visitor.authorize(&url).await;
    let (csrf, request) = (hidden(&page, "csrf"), hidden(&page, "request"));
    let attempt = async |login: &str, password: &str| {
        let fields = [
            ("csrf", csrf.as_str()),
            ("request", &request),
            ("login", login),
            ("password", password),
        ];
        visitor.post("/authorize/sign-in", &fields).await
    };
    let disabled = house.admin(company);
    for (login, password) in [
        (user.login.as_str(), "wrong"),
        ("nobody@nowhere.example", "wrong"),
        (&disabled.login, &disabled.password),
    ] {
        let wrong = attempt(login, password).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.body.contains("do not belong together"));
        assert!(visitor.cookie("quickconnect_session").is_none());
    }
    for _ in 0..10 {
        attempt(&user.login, "wrong").await;
    }
    let limited = attempt(&user.login, &user.password).await;
    assert_eq!(limited.status, 429, "{}", limited.body);
    assert!(!limited.header("retry-after").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn s33_a_sign_in_for_an_app_begins_a_session_under_a_new_id() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let user = house.employee(house.company("Brackwater"));
    let visitor = Visitor::new(&house);
    let url = house.authorize_url("glz", app, &[("prompt", "login")]);
    let page = visitor.authorize(&url).await;
    visitor.sign_in(&page, user).await;
    let first = visitor.cookie("quickconnect_session").unwrap();
    let page = visitor.authorize(&url).await;
    visitor.sign_in(&page, user).await;
    let second = visitor.cookie("quickconnect_session").unwrap();
    assert_ne!(first, second);
    visitor.set_cookie("quickconnect_session", &first);
    let silent = house.authorize_url("glz", app, &[("prompt", "none")]);
    let answer = visitor.authorize(&silent).await;
    let error = parameter(answer.header("location"), "error");
    assert_eq!(error, "login_required", "the former one has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn s34_nothing_is_written_before_somebody_agrees() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let visitor = Visitor::new(&house);
    let count = async || {
        let mut tx = house.platform.db.read().await.unwrap();
        let mut rows = Vec::new();
        for table in [
            "authorization_codes",
            "sessions",
            "connections",
            // Keys change by themselves.
            "audit_events WHERE action <> 'signing_key_changed'",
        ] {
            let sql = format!("SELECT COUNT(*) AS n FROM {table}");
            let row: Row = tx.query_opt(&sql, &[]).await.unwrap().unwrap();
            rows.push(row.get::<i64>("n").unwrap());
        }
        rows
    };
    let before = count().await;
    let url = house.authorize_url("glz", app, &[]);
    let page = visitor.authorize(&url).await;
    assert_eq!(count().await, before, "an address that was opened");
    let user = house.employee(house.company("Brackwater"));
    let page = visitor.sign_in(&page, user).await;
    let refused = visitor.answer(&page, "refuse").await;
    assert_eq!(refused.status, 303);
    let mut after = count().await;
    after[1] -= 1;
    assert_eq!(after[0], before[0], "no code");
    assert_eq!(after[2], before[2], "no connection");
    visitor.answer(&page, "allow").await;
    assert_eq!(count().await[0], before[0] + 1);
    let mut tx = house.platform.db.read().await.unwrap();
    let events = store::audit_events::since(&mut tx, house.now())
        .await
        .unwrap();
    let granted = events.iter().find(|e| e.action == "authorization_granted");
    let granted = granted.expect("who agreed is in the audit log");
    assert!(granted.content.contains(&user.id.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_begun_too_long_ago_leads_nowhere() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let visitor = Visitor::new(&house);
    let url = house.authorize_url("glz", app, &[]);
    let place = visitor.get(&url).await.header("location").to_owned();
    house.advance(30 * MINUTE - Duration::from_secs(1));
    assert_eq!(visitor.get(&place).await.status, 200);
    house.advance(Duration::from_secs(1));
    let late = visitor.get(&place).await;
    assert_eq!((late.status, late.header("location")), (400, ""));
    assert!(late.body.contains("begin again"), "{}", late.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operator_takes_away_meanwhile_is_not_granted() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let user = house.employee(house.company("Brackwater"));
    let visitor = Visitor::new(&house);
    let page = visitor
        .authorize(&house.authorize_url("glz", app, &[]))
        .await;
    let page = visitor.sign_in(&page, user).await;
    house.switch_app(app, false).await;
    let answer = visitor.answer(&page, "allow").await;
    assert_eq!((answer.status, answer.header("location")), (400, ""));
    house.switch_app(app, true).await;
    house
        .switch_user(house.company("Brackwater"), user, false)
        .await;
    let answer = visitor.answer(&page, "allow").await;
    assert_eq!((answer.status, answer.header("location")), (403, ""));
}
