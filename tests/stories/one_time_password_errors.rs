//! What is refused at `POST /oauth2/v0/otp` and with `grant_type=otp`, each provoked by its cause;
//! and what somebody learns who tries addresses out.

use std::num::NonZeroU32;

use protocol::MINUTE;
use sandbox::UserFacts;
use testkit::{Answer, House};

use crate::one_time_passwords::{APP, ask, ask_at, last_otp, mailed, own_link, redeem, redeem_at};
use crate::token_errors::refused;

fn employee(house: &House) -> &UserFacts {
    house.employee(house.company("Brackwater"))
}

const NOBODY: &str = "nobody@brackwater.example";

/// A good request to either endpoint, with fields replaced or (empty) left out.
async fn with(house: &House, endpoint: &str, changes: &[(&str, &str)]) -> Answer {
    let (user, app) = (employee(house), house.app(APP));
    let client_id = app.client_id.to_string();
    let mut form = vec![
        ("client_id", client_id.as_str()),
        ("client_secret", app.client_secret.as_str()),
        ("channel_type", "email"),
        ("channel_handle", &user.login),
    ];
    if endpoint == "token" {
        form.extend([("grant_type", "otp"), ("otp", "dd-not-one")]);
    }
    for (name, value) in changes {
        form.retain(|(known, _)| known != name);
        form.push((name, value));
    }
    form.retain(|(_, value)| !value.is_empty());
    let url = format!("{}/oauth2/v0/{endpoint}", house.center("us2"));
    house.send(house.request("POST", &url).form(&form)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_and_impossible_parts_have_their_numbers_at_both_endpoints() {
    let house = House::start().await;
    for endpoint in ["otp", "otp/", "token"] {
        for (field, value, code) in [
            ("channel_type", "", 57),
            ("channel_handle", "", 58),
            ("client_id", "", 62),
            ("client_secret", "", 63),
            ("channel_type", "sms", 80),
            ("channel_handle", "ann", 81),
            ("channel_handle", "Ann <a@b.example>", 81),
            ("channel_handle", "a@b.example, c@d.example", 81),
        ] {
            let answer = with(&house, endpoint, &[(field, value)]).await;
            refused(&answer, 400, code, "invalid_request");
        }
        let unknown = "00000000-0000-4000-8000-000000000000";
        let unknown = with(&house, endpoint, &[("client_id", unknown)]).await;
        refused(&unknown, 401, 61, "invalid_client");
        let wrong = with(&house, endpoint, &[("client_secret", "wrong")]).await;
        refused(&wrong, 401, 64, "invalid_client");
    }
    refused(
        &with(&house, "token", &[("otp", "")]).await,
        400,
        56,
        "invalid_request",
    );
    assert!(house.mails().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn other_formats_are_135_and_basic_is_taken() {
    let house = House::start().await;
    let (user, app) = (employee(&house), house.app(APP));
    let url = format!("{}/oauth2/v0/otp", house.center("us2"));
    let json = house.request("POST", &url).json(&serde_json::json!({}));
    refused(&house.send(json).await, 400, 135, "invalid_request");
    let twice = ask(&house, &user.login, &[("tenant", "a"), ("tenant", "b")]).await;
    refused(&twice, 400, 135, "invalid_request");
    let in_address = format!("{url}?channel_handle={}", user.login);
    let in_address = house.request("POST", &in_address).form(&[("a", "b")]);
    refused(&house.send(in_address).await, 400, 135, "invalid_request");
    let basic = house
        .request("POST", &url)
        .basic_auth(app.client_id, Some(&app.client_secret))
        .form(&[("channel_type", "email"), ("channel_handle", &user.login)]);
    assert_eq!(house.send(basic).await.status, 200);
    let otp = last_otp(&house);
    assert_eq!(redeem(&house, (&user.login, &otp), &[]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_may_not_is_60_and_one_that_is_switched_off_59() {
    let house = House::start().await;
    let user = employee(&house);
    let fields = [
        ("grant_type", "otp"),
        ("channel_type", "email"),
        ("channel_handle", user.login.as_str()),
        ("otp", "x"),
    ];
    for endpoint in ["otp", "token"] {
        let answer = house
            .as_client("us2", endpoint, house.app("Meridian"), &fields)
            .await;
        refused(&answer, 400, 60, "invalid_grant");
    }
    house.switch_app(house.app(APP), false).await;
    for endpoint in ["otp", "token"] {
        let answer = with(&house, endpoint, &[]).await;
        refused(&answer, 403, 59, "access_denied");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_asked_for_and_redeemed_at_home_or_at_the_landing_zone() {
    let house = House::start().await;
    let user = employee(&house);
    let elsewhere = ask_at(&house, "eu2", &user.login, &[]).await;
    refused(&elsewhere, 400, 16, "invalid_request");
    assert_eq!(elsewhere.text("geolocation"), house.center("us2"));
    assert!(house.mails().is_empty());
    assert_eq!(ask_at(&house, "glz", &user.login, &[]).await.status, 200);
    let otp = last_otp(&house);
    let elsewhere = redeem_at(&house, "eu2", (&user.login, &otp), &[]).await;
    refused(&elsewhere, 400, 16, "invalid_request");
    assert_eq!(elsewhere.text("geolocation"), house.center("us2"));
    let answer = redeem_at(&house, "glz", (&user.login, &otp), &[]).await;
    assert_eq!(answer.status, 200, "nothing was used up: {}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn s10_nobody_learns_which_addresses_there_are() {
    let house = House::start().await;
    let company = house.company("Brackwater");
    let (user, disabled) = (house.admin(company), house.employee(company));
    house.switch_user(company, disabled, false).await;
    let suspended = house.company("Vireo");
    house.switch_company(suspended, false).await;
    let center = suspended.data_center.as_str();
    let suspended = house.admin(suspended);
    // An address at a domain that no company has lives where others of that domain do.
    let stranger = "nobody@nowhere.example";
    let strangers_home = match ask_at(&house, "us2", "other@nowhere.example", &[])
        .await
        .status
    {
        200 => "us2",
        _ => "eu2",
    };
    for (address, home) in [
        (user.login.as_str(), "us2"),
        (NOBODY, "us2"),
        (disabled.login.as_str(), "us2"),
        (suspended.login.as_str(), center),
        (stranger, strangers_home),
    ] {
        let away = if home == "us2" { "eu2" } else { "us2" };
        let elsewhere = ask_at(&house, away, address, &[]).await;
        refused(&elsewhere, 400, 16, "invalid_request");
        assert_eq!(elsewhere.text("geolocation"), house.center(home));
        let guess = async || redeem_at(&house, home, (address, "dd-guess"), &[]).await;
        refused(&guess().await, 400, 83, "invalid_request");
        for _ in 0..5 {
            let answer = ask_at(&house, home, address, &[]).await;
            assert_eq!(answer.status, 200, "{address}: {}", answer.body);
            assert_eq!(answer.body, r#"{"message":"otp sent"}"#);
        }
        let full = ask_at(&house, home, address, &[]).await;
        refused(&full, 400, 82, "invalid_request");
        for _ in 0..5 {
            refused(&guess().await, 400, 85, "invalid_request");
        }
        refused(&guess().await, 400, 83, "invalid_request");
    }
    let mails = house.mails();
    assert_eq!(mails.len(), 5, "only somebody is mailed");
    assert!(mails.iter().all(|mail| mail.to.contains(&user.login)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_one_is_85_and_five_of_them_close_what_is_open() {
    let house = House::start().await;
    let user = employee(&house);
    let wrong = protocol::OneTimePassword::mint([9; 32]);
    let pair = (user.login.as_str(), wrong.expose());
    refused(&redeem(&house, pair, &[]).await, 400, 83, "invalid_request");
    let otp = mailed(&house, &user.login, &[]).await;
    for guess in [wrong.expose(), "123456", "dd-x", &otp[..32]] {
        let answer = redeem(&house, (&user.login, guess), &[]).await;
        refused(&answer, 400, 85, "invalid_request");
    }
    let differs = redeem(&house, (&user.login, &otp), &[("a", "b")]).await;
    refused(&differs, 400, 84, "invalid_request");
    for _ in 0..2 {
        let closed = redeem(&house, (&user.login, &otp), &[]).await;
        refused(&closed, 400, 83, "invalid_request");
    }
    // It was open for the limit of mails all the same.
    for _ in 0..4 {
        mailed(&house, &user.login, &[]).await;
    }
    assert_eq!(ask(&house, &user.login, &[]).await.code(), 82);
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_it_is_good_for_one_app_and_one_address() {
    let house = House::start().await;
    let company = house.company("Brackwater");
    let (user, other) = (house.employee(company), house.admin(company));
    let otp = mailed(&house, &user.login, &[]).await;
    let foreign = redeem(&house, (&other.login, &otp), &[]).await;
    refused(&foreign, 400, 83, "invalid_request");
    let mut tx = house.write().await;
    let sql = "UPDATE apps SET grants = 'otp' WHERE client_id = $1";
    let meridian = house.app("Meridian");
    let values = db::values![meridian.client_id.to_string()];
    tx.execute(sql, &values).await.unwrap();
    tx.commit().await.unwrap();
    let fields = [
        ("grant_type", "otp"),
        ("channel_type", "email"),
        ("channel_handle", user.login.as_str()),
        ("otp", &otp),
    ];
    let stolen = house.as_client("us2", "token", meridian, &fields).await;
    refused(&stolen, 400, 83, "invalid_request");
    assert_eq!(redeem(&house, (&user.login, &otp), &[]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_later_uses_nothing_up() {
    let house = House::start().await;
    let company = house.company("Brackwater");
    let user = house.employee(company);
    let otp = mailed(&house, &user.login, &[]).await;
    let pair = (user.login.as_str(), otp.as_str());
    let more = redeem(&house, pair, &[("scope", "openid everything")]).await;
    refused(&more, 400, 54, "invalid_scope");
    house.switch_user(company, user, false).await;
    let disabled = redeem(&house, pair, &[]).await;
    refused(&disabled, 403, 123, "invalid_request");
    house.switch_user(company, user, true).await;
    house.switch_company(company, false).await;
    let suspended = redeem(&house, pair, &[]).await;
    refused(&suspended, 403, 123, "invalid_request");
    house.switch_company(company, true).await;
    let allow = |principal: Option<String>| async {
        let mut tx = house.write().await;
        let sql = "UPDATE apps SET allowed_principal = $1";
        tx.execute(sql, &db::values![principal]).await.unwrap();
        tx.commit().await.unwrap();
    };
    allow(Some(house.company("Vireo").id.to_string())).await;
    refused(&redeem(&house, pair, &[]).await, 403, 53, "invalid_client");
    let before = house.mails().len();
    assert_eq!(ask(&house, &user.login, &[]).await.status, 200);
    assert_eq!(house.mails().len(), before, "nobody is mailed");
    allow(None).await;
    assert_eq!(redeem(&house, pair, &[]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_of_ours_leads_to_nobody_elses_address() {
    let house = House::start().await;
    let user = employee(&house);
    let own = own_link(&house, "/back");
    let foreign_port = house.facts.app_center.join("/back");
    for link in [
        "https://evil.example/back",
        "http://evil.example/back",
        "javascript:alert(1)",
        "/back",
        "//evil.example",
        foreign_port.as_str(),
        &own.replace("127.0.0.1", "127.0.0.1.evil.example"),
        &own.replace("http://", "http://evil.example@"),
        &format!("{own}#there"),
        &format!("{own}?{}", "a".repeat(1_000)),
    ] {
        let answer = ask(&house, &user.login, &[("link", link)]).await;
        refused(&answer, 400, 135, "invalid_request");
        assert!(answer.text("error_description").starts_with("link is"));
    }
    let long = "a".repeat(101);
    for words in ["two\nlines", "turned \u{202e}around", &long] {
        for field in ["name", "company"] {
            let answer = ask(&house, &user.login, &[(field, words)]).await;
            refused(&answer, 400, 135, "invalid_request");
        }
    }
    assert!(house.mails().is_empty());
    let mut tx = house.write().await;
    let uris = ["https://pedalpath.example/callback".to_owned()];
    let app = house.app(APP).client_id;
    let done = store::redirect_uris::insert(&mut tx, app, &uris).await;
    done.unwrap();
    tx.commit().await.unwrap();
    let link = "https://pedalpath.example/other?x=1";
    mailed(&house, &user.login, &[("link", link)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_app_calls_itself_is_text_and_becomes_no_link() {
    let house = House::start().await;
    let user = employee(&house);
    let own = [
        ("name", "<b>Ann</b> https://evil.example/x"),
        ("company", "<img src=x> \"Bank\""),
    ];
    mailed(&house, &user.login, &own).await;
    let mail = house.mails().pop().unwrap();
    let html = mail.html.unwrap();
    assert!(!html.contains("<b>") && !html.contains("<img"), "{html}");
    for text in [&mail.text, &html, &mail.subject] {
        assert!(!text.contains("evil.example"), "{text}");
    }
    assert!(mail.text.contains("<b>Ann"), "{}", mail.text);
    // Whatever it calls itself, the name that the operator knows stands there too.
    assert!(mail.text.contains(&house.app(APP).name));
}

#[track_caller]
fn too_many(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (429, 429));
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_asking_for_mails_is_limited_by_app_company_and_address() {
    let house = House::start_with(|settings| {
        settings.call_limits.per_client = NonZeroU32::new(3);
    })
    .await;
    let user = employee(&house);
    for _ in 0..3 {
        mailed(&house, &user.login, &[]).await;
    }
    too_many(&ask(&house, &user.login, &[]).await);
    house.advance(MINUTE);
    mailed(&house, &user.login, &[]).await;

    let house = House::start_with(|settings| {
        settings.call_limits.per_company = NonZeroU32::new(2);
    })
    .await;
    let user = employee(&house);
    mailed(&house, &user.login, &[]).await;
    // An address that nobody at the company has counts as one that somebody has.
    assert_eq!(ask(&house, NOBODY, &[]).await.status, 200);
    too_many(&ask(&house, &user.login, &[]).await);
    too_many(&ask(&house, NOBODY, &[]).await);

    let house = House::start_with(|settings| {
        settings.call_limits.per_address = NonZeroU32::new(2);
    })
    .await;
    let user = employee(&house);
    mailed(&house, &user.login, &[]).await;
    assert_eq!(with(&house, "otp", &[("client_id", "")]).await.code(), 62);
    too_many(&ask(&house, &user.login, &[]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_guesses_of_passwords_count_as_guesses() {
    let house = House::start_with(|settings| {
        settings.call_limits.failures_per_address = NonZeroU32::new(6);
    })
    .await;
    let user = employee(&house);
    mailed(&house, &user.login, &[]).await;
    for _ in 0..6 {
        let guess = redeem(&house, (&user.login, "dd-guess"), &[]).await;
        assert!(matches!(guess.code(), 83 | 85), "{}", guess.body);
    }
    too_many(&redeem(&house, (&user.login, "dd-guess"), &[]).await);
    too_many(&ask(&house, &user.login, &[]).await);
}
