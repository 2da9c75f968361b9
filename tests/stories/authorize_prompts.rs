//! How an app may say what a person is asked: prompt, max_age, login_hint, offline_access.

use protocol::MINUTE;
use protocol::jose::{self, IdClaims};
use testkit::{House, Visitor, parameter};

#[tokio::test(flavor = "multi_thread")]
async fn prompt_none_never_shows_a_page() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let user = house.employee(house.company("Brackwater"));
    let visitor = Visitor::new(&house);
    let none = house.authorize_url("glz", app, &[("prompt", "none"), ("state", "s")]);
    let offline = [("prompt", "none"), ("scope", "openid offline_access")];
    let offline = house.authorize_url("glz", app, &offline);
    let told = async |url: &str| {
        let answer = visitor.authorize(url).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let back = answer.header("location").to_owned();
        (parameter(&back, "error"), parameter(&back, "error_code"))
    };
    let both = |word: &str| (word.to_owned(), word.to_owned());
    assert_eq!(told(&none).await, both("login_required"));
    let asked = house.authorize_url("glz", app, &[]);
    let page = visitor.authorize(&asked).await;
    let page = visitor.sign_in(&page, user).await;
    assert_eq!(told(&none).await, both("consent_required"));
    let without_consent = ("consent_required".to_owned(), "119".to_owned());
    assert_eq!(told(&offline).await, without_consent);
    let back = visitor.answer(&page, "allow").await;
    let code = parameter(back.header("location"), "code");
    assert_eq!(
        house.exchange_code("glz", app, &code, &[]).await.status,
        200
    );
    for url in [&none, &offline] {
        assert_eq!(told(url).await, (String::new(), String::new()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn libraries_that_ask_for_offline_access_get_what_everybody_gets() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let user = house.employee(house.company("Brackwater"));
    let visitor = Visitor::new(&house);
    let more = [("scope", "openid offline_access profile")];
    let back = visitor
        .allow(&house.authorize_url("glz", app, &more), user)
        .await;
    let code = parameter(&back, "code");
    let tokens = house.exchange_code("glz", app, &code, &[]).await;
    assert_eq!(tokens.text("scope"), "openid profile");
    assert!(!tokens.text("refresh_token").is_empty());
    let asked = tokens.text("refresh_token");
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", asked.as_str()),
        ("scope", "openid offline_access profile"),
    ];
    let again = house.as_client("us2", "token", app, &fields).await;
    assert_eq!(again.status, 200, "{}", again.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn prompt_login_and_max_age_ask_for_the_password_again() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let company = house.company("Brackwater");
    let (user, other) = (house.employee(company), house.admin(company));
    let visitor = Visitor::new(&house);
    let back = visitor
        .allow(&house.authorize_url("glz", app, &[]), user)
        .await;
    let code = parameter(&back, "code");
    assert_eq!(
        house.exchange_code("glz", app, &code, &[]).await.status,
        200
    );
    house.advance(10 * MINUTE);
    for (more, asked) in [
        (("max_age", "601"), false),
        (("max_age", "599"), true),
        (("max_age", "0"), true),
        (("prompt", "login"), true),
        (("prompt", "select_account"), true),
    ] {
        let url = house.authorize_url("glz", app, &[more]);
        let page = visitor.authorize(&url).await;
        assert_eq!(page.status, if asked { 200 } else { 303 }, "{more:?}");
        if asked {
            assert!(page.body.contains("Sign in with"), "{more:?}");
            let value = format!("value=\"{}\"", user.login);
            assert!(page.body.contains(&value), "the login is there");
        }
    }
    // Signed in once more, it goes on; and the id_token says when that was.
    let url = house.authorize_url("glz", app, &[("max_age", "0")]);
    let page = visitor.authorize(&url).await;
    let now = house.now().as_seconds();
    let answer = visitor.sign_in(&page, user).await;
    let code = parameter(answer.header("location"), "code");
    let tokens = house.exchange_code("glz", app, &code, &[]).await;
    let keys = house.platform.keys().unwrap();
    let id: IdClaims = jose::verify(&tokens.text("id_token"), keys.public()).unwrap();
    assert_eq!(id.auth_time, Some(now));
    // With prompt=none there is nobody to ask.
    house.advance(MINUTE);
    let url = house.authorize_url("glz", app, &[("max_age", "30"), ("prompt", "none")]);
    let answer = visitor.authorize(&url).await;
    let error = parameter(answer.header("location"), "error");
    assert_eq!(error, "login_required");
    // Somebody else may sign in instead, and is asked to agree.
    let url = house.authorize_url("glz", app, &[("prompt", "select_account")]);
    let page = visitor.authorize(&url).await;
    let page = visitor.sign_in(&page, other).await;
    assert!(page.body.contains(&other.name), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_hint_is_where_the_sign_in_begins() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let url = house.authorize_url("glz", app, &[("login_hint", "a\"b<c>@x.example")]);
    let page = Visitor::new(&house).authorize(&url).await;
    assert!(
        page.body.contains("value=\"a&#34;b&#60;c&#62;@x.example\""),
        "{}",
        page.body
    );
}
