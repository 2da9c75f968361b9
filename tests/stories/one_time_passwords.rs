//! A person without a password at hand: an app asks, a mail comes, its link signs in.

use protocol::{DAY, HOUR, Timestamp};
use sandbox::UserFacts;
use testkit::{Answer, House};

pub const APP: &str = "Pedalpath";

fn employee(house: &House) -> &UserFacts {
    house.employee(house.company("Brackwater"))
}

/// `POST /oauth2/v0/otp` as the app that may, at a data centre, with fields of its own.
pub async fn ask_at(house: &House, center: &str, address: &str, own: &[(&str, &str)]) -> Answer {
    // The outbox sorts by time.
    house.advance(std::time::Duration::from_millis(1));
    let mut fields = vec![("channel_type", "email"), ("channel_handle", address)];
    fields.extend_from_slice(own);
    house
        .as_client(center, "otp", house.app(APP), &fields)
        .await
}

pub async fn redeem_at(
    house: &House,
    center: &str,
    (address, otp): (&str, &str),
    own: &[(&str, &str)],
) -> Answer {
    let mut fields = vec![
        ("grant_type", "otp"),
        ("channel_type", "email"),
        ("channel_handle", address),
        ("otp", otp),
    ];
    fields.extend_from_slice(own);
    house
        .as_client(center, "token", house.app(APP), &fields)
        .await
}

pub async fn ask(house: &House, address: &str, own: &[(&str, &str)]) -> Answer {
    ask_at(house, "us2", address, own).await
}

pub async fn redeem(house: &House, pair: (&str, &str), own: &[(&str, &str)]) -> Answer {
    redeem_at(house, "us2", pair, own).await
}

/// The one-time password in the last mail, from a link or as a code.
pub fn last_otp(house: &House) -> String {
    let text = house.mails().last().expect("a mail has come").text.clone();
    let start = text.find("dd-").expect("the mail brings one");
    text[start..start + 33].to_owned()
}

/// Asked for, and read from its mail.
pub async fn mailed(house: &House, address: &str, own: &[(&str, &str)]) -> String {
    let answer = ask(house, address, own).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json(), serde_json::json!({ "message": "otp sent" }));
    last_otp(house)
}

/// An address on the app's own host.
pub fn own_link(house: &House, path_and_query: &str) -> String {
    house.facts.partner.join(path_and_query)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_says_who_asks_and_its_link_signs_in() {
    let house = House::start().await;
    let (user, app) = (employee(&house), house.app(APP));
    let link = own_link(&house, "/signed-in?step=2");
    let own = [
        ("name", "Ann"),
        ("company", "Pedal & Path"),
        ("link", link.as_str()),
        ("tenant", "north 7"),
    ];
    let otp = mailed(&house, &user.login.to_uppercase(), &own).await;
    let mails = house.mails();
    let mail = mails.last().unwrap();
    let banner = "Pedal & Path wants to access your Quick Connect account.";
    assert_eq!(mail.subject, banner);
    assert!(mail.to.contains(&user.login), "{}", mail.to);
    let (text, html) = (&mail.text, mail.html.clone().unwrap());
    let target = format!("{link}&token={otp}");
    for said in [
        banner,
        "Good day Ann,",
        app.name.as_str(),
        &user.login,
        &target,
        "active for 24 hours and can be used only once",
        &house.facts.app_center.join("/app-center/connections"),
    ] {
        assert!(text.contains(said), "{said} is not in {text}");
    }
    assert!(html.contains("Sign in with Quick Connect</a>"));
    assert!(html.contains(&format!("href=\"{}\"", target.replace('&', "&#38;"))));
    assert!(html.contains("Pedal &#38; Path wants"));

    let answer = redeem(&house, (&user.login, &otp), &own).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.text("geolocation"), house.center("us2"));
    assert_eq!(answer.text("id_token").split('.').count(), 3);
    let access_token = answer.text("access_token");
    let profile = house.get("us2", "/profile/v1/me", &access_token).await;
    assert_eq!(profile.json()["id"], user.id.to_string());
    let token = answer.text("refresh_token");
    assert_eq!(house.refresh("us2", app, &token).await.status, 200);
    let again = redeem(&house, (&user.login, &otp), &own).await;
    assert_eq!((again.status, again.code()), (400, 83), "{}", again.body);
    let mut tx = house.platform.db.read().await.unwrap();
    let log = store::audit_events::since(&mut tx, Timestamp::from_seconds(0)).await;
    let log = log.unwrap();
    for action in ["one_time_password_minted", "connected"] {
        let of_user = |event: &&store::audit_events::AuditRow| {
            event.action == action && event.content.contains(&user.id.to_string())
        };
        assert_eq!(log.iter().filter(of_user).count(), 1, "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_link_the_mail_brings_the_code_and_a_link_gets_its_token_properly() {
    let house = House::start().await;
    let user = employee(&house);
    let otp = mailed(&house, &user.login, &[]).await;
    let mail = house.mails().pop().unwrap();
    assert!(mail.subject.starts_with(house.app(APP).name.as_str()));
    assert!(mail.text.contains(&format!("\n{otp}\n")) && mail.text.contains("Good day,\n"));
    assert!(mail.html.unwrap().contains(&otp));
    assert_eq!(
        redeem(&house, (&user.login, &otp), &[("scope", "openid")])
            .await
            .text("scope"),
        "openid"
    );
    for (path, end) in [("/back", "/back?token="), ("/back?a=1", "/back?a=1&token=")] {
        let own = [("link", own_link(&house, path))];
        let own = [("link", own[0].1.as_str())];
        let otp = mailed(&house, &user.login, &own).await;
        let text = house.mails().pop().unwrap().text;
        assert!(text.contains(&format!("{end}{otp}\n")), "{text}");
        assert_eq!(redeem(&house, (&user.login, &otp), &own).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_parameter_of_the_apps_own_comes_again_as_it_was() {
    let house = House::start().await;
    let user = employee(&house);
    let own = [("tenant", "a"), ("state", "b=1&c"), ("company", "Pedal")];
    let otp = mailed(&house, &user.login, &own).await;
    for other in [
        &[][..],
        &own[..2],
        &[("tenant", "a"), ("state", "b=1&c"), ("company", "pedal")],
        &[
            ("tenant", "a"),
            ("state", "b=1&c"),
            ("company", "Pedal"),
            ("x", "y"),
        ],
    ] {
        let refused = redeem(&house, (&user.login, &otp), other).await;
        assert_eq!((refused.status, refused.code()), (400, 84), "{other:?}");
    }
    // In another order, and with the reserved words, they are the same.
    let mut turned = own;
    turned.reverse();
    let answer = redeem(&house, (&user.login, &otp), &turned).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_32_parallel_exchanges_gets_a_token() {
    let house = std::sync::Arc::new(House::start().await);
    let user = employee(&house).login.clone();
    let otp = mailed(&house, &user, &[]).await;
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let (house, user, otp) = (house.clone(), user.clone(), otp.clone());
        all.spawn(async move { redeem(&house, (&user, &otp), &[]).await });
    }
    let answers = all.join_all().await;
    let granted = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|answer| {
        // A busy database consumes nothing, and says so.
        answer.status == 503 || (answer.status == 400 && answer.code() == 83)
    });
    assert_eq!((granted, refused.count()), (1, 31));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_good_for_24_hours_to_the_microsecond() {
    let house = House::start().await;
    let user = employee(&house);
    let microsecond = std::time::Duration::from_micros(1);
    for (age, good) in [(DAY - microsecond, true), (DAY, false)] {
        let otp = mailed(&house, &user.login, &[]).await;
        house.advance(age);
        let answer = redeem(&house, (&user.login, &otp), &[]).await;
        let code = if good { 0 } else { 83 };
        assert_eq!(answer.code(), code, "{age:?}: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_are_open_at_once_and_used_or_expired_ones_make_room() {
    let house = House::start().await;
    let user = employee(&house);
    let first = mailed(&house, &user.login, &[]).await;
    house.advance(HOUR);
    for _ in 0..4 {
        mailed(&house, &user.login, &[]).await;
    }
    let full = ask(&house, &user.login, &[]).await;
    assert_eq!((full.status, full.code()), (400, 82), "{}", full.body);
    let admin = house.admin(house.company("Brackwater"));
    assert_eq!(ask(&house, &admin.login, &[]).await.status, 200);
    assert_eq!(redeem(&house, (&user.login, &first), &[]).await.status, 200);
    assert_eq!(ask(&house, &user.login, &[]).await.status, 200);
    assert_eq!(ask(&house, &user.login, &[]).await.code(), 82);
    house.advance(DAY);
    assert_eq!(ask(&house, &user.login, &[]).await.status, 200);
    let swept = store::housekeeping::sweep(&house.platform, house.now()).await;
    let gone = swept.unwrap().unwrap();
    let expired = (store::housekeeping::Expiring::OneTimePasswords, 7);
    assert!(gone.contains(&expired), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_cannot_be_sent_is_told_and_leaves_nothing_open() {
    let house = House::start().await;
    let user = employee(&house);
    house.break_outbox();
    for _ in 0..7 {
        let answer = ask(&house, &user.login, &[]).await;
        assert_eq!(
            (answer.status, answer.code()),
            (503, 503),
            "{}",
            answer.body
        );
        assert_eq!(answer.text("error"), "temporarily_unavailable");
    }
    house.mend_outbox();
    let otp = mailed(&house, &user.login, &[]).await;
    assert_eq!(redeem(&house, (&user.login, &otp), &[]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_without_mail_says_so_and_does_not_offer_it() {
    let house = House::start_with(|settings| settings.mail = mail::Mailer::none()).await;
    let refused = ask(&house, &employee(&house).login, &[]).await;
    assert_eq!((refused.status, refused.code()), (400, 60));
    assert!(refused.text("error_description").contains("no mail"));
    let url = format!("{}/.well-known/openid-configuration", house.center("us2"));
    let told = house.send(house.request("GET", &url)).await.json();
    let grants = told["grant_types_supported"].as_array().unwrap();
    assert!(!grants.contains(&"otp".into()), "{grants:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_trace_of_it_in_the_database_is_a_hash() {
    let house = House::start().await;
    let user = employee(&house);
    let own = [("tenant", "a tenant that nobody else has")];
    let otp = mailed(&house, &user.login, &own).await;
    assert!(house.database_holds(&user.id.to_string()).await);
    assert!(!house.database_holds(&otp).await);
    assert!(!house.database_holds(own[0].1).await);
}
