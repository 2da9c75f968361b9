//! People's own passwords at the token endpoint: off, unless the operator has switched them on.

use protocol::MINUTE;
use sandbox::UserFacts;
use testkit::{Answer, House};

async fn open_house() -> House {
    House::start_with(|settings| settings.user_password_grant = true).await
}

async fn sign_in_at(house: &House, center: &str, username: &str, password: &str) -> Answer {
    let app = house.app("Pedalpath");
    let fields = [
        ("grant_type", "password"),
        ("credtype", "password"),
        ("username", username),
        ("password", password),
    ];
    house.as_client(center, "token", app, &fields).await
}

async fn sign_in(house: &House, username: &str, password: &str) -> Answer {
    sign_in_at(house, "us2", username, password).await
}

fn employee(house: &House) -> &UserFacts {
    house.employee(house.company("Brackwater"))
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_refused_by_60_unless_switched_on() {
    let house = House::start().await;
    let user = employee(&house);
    let refused = sign_in(&house, &user.login, &user.password).await;
    assert_eq!((refused.status, refused.code()), (400, 60));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_connects_to_companies_is_never_given_peoples_passwords() {
    let house = open_house().await;
    let user = employee(&house);
    let fields = [
        ("grant_type", "password"),
        ("username", user.login.as_str()),
        ("password", &user.password),
    ];
    let refused = house
        .as_client("us2", "token", house.app("Meridian"), &fields)
        .await;
    assert_eq!((refused.status, refused.code()), (400, 60));
}

#[tokio::test(flavor = "multi_thread")]
async fn login_or_id_and_password_make_a_connection_of_that_person() {
    let house = open_house().await;
    let (user, app) = (employee(&house), house.app("Pedalpath"));
    for username in [user.login.to_uppercase(), user.id.to_string()] {
        let answer = sign_in(&house, &username, &user.password).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.text("geolocation"), house.center("us2"));
        assert_eq!(answer.text("id_token").split('.').count(), 3);
        let profile = house
            .get("us2", "/profile/v1/me", &answer.text("access_token"))
            .await;
        assert_eq!(profile.json()["id"], user.id.to_string());
        let again = house
            .refresh("us2", app, &answer.text("refresh_token"))
            .await;
        assert_eq!(again.status, 200, "{}", again.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_credtype_it_is_a_password() {
    let house = open_house().await;
    let user = employee(&house);
    let mut fields = vec![
        ("grant_type", "password"),
        ("username", user.login.as_str()),
        ("password", &user.password),
    ];
    let app = house.app("Pedalpath");
    let answer = house.as_client("us2", "token", app, &fields).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    for (missing, code) in [("password", 52), ("username", 51)] {
        fields.retain(|(name, _)| *name != missing);
        let refused = house.as_client("us2", "token", app, &fields).await;
        assert_eq!((refused.status, refused.code()), (400, code));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scopes_narrow_and_code_16_comes_after_the_password() {
    let house = open_house().await;
    let user = employee(&house);
    let elsewhere = sign_in_at(&house, "eu2", &user.login, &user.password).await;
    assert_eq!((elsewhere.status, elsewhere.code()), (400, 16));
    assert_eq!(elsewhere.text("geolocation"), house.center("us2"));
    let wrong = sign_in_at(&house, "eu2", &user.login, "wrong").await;
    assert_eq!(wrong.code(), 5);
    let anywhere = sign_in_at(&house, "glz", &user.login, &user.password).await;
    assert_eq!(anywhere.status, 200);
    for (scope, code) in [("openid user.read", 0), ("company.read", 54)] {
        let fields = [
            ("grant_type", "password"),
            ("username", user.login.as_str()),
            ("password", &user.password),
            ("scope", scope),
        ];
        let app = house.app("Pedalpath");
        let answer = house.as_client("us2", "token", app, &fields).await;
        assert_eq!(answer.code(), code, "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_is_10_and_a_suspended_company_123() {
    let house = open_house().await;
    let (company, user) = (house.company("Brackwater"), employee(&house));
    house.switch_user(company, user, false).await;
    let disabled = sign_in(&house, &user.login, &user.password).await;
    assert_eq!((disabled.status, disabled.code()), (400, 10));
    let guess = sign_in(&house, &user.login, "wrong").await;
    assert_eq!(guess.code(), 5, "only whoever knows the password is told");
    house.switch_user(company, user, true).await;
    house.switch_company(company, false).await;
    let suspended = sign_in(&house, &user.login, &user.password).await;
    assert_eq!((suspended.status, suspended.code()), (403, 123));
}

#[tokio::test(flavor = "multi_thread")]
async fn s10_the_eleventh_attempt_at_any_name_is_14_for_a_quarter_of_an_hour() {
    let house = open_house().await;
    let user = employee(&house);
    let id = user.id.to_string();
    for name in [user.login.as_str(), "nobody@nowhere.example"] {
        for attempt in 0..10 {
            // However an account is named, its attempts are counted together.
            let named = if attempt % 2 == 1 && name == user.login {
                id.as_str()
            } else {
                name
            };
            let wrong = sign_in(&house, named, "wrong").await;
            assert_eq!((wrong.status, wrong.code()), (400, 5));
        }
        let locked = sign_in(&house, name, &user.password).await;
        assert_eq!((locked.status, locked.code()), (400, 14));
    }
    house.advance(15 * MINUTE);
    let again = sign_in(&house, &user.login, &user.password).await;
    assert_eq!(again.status, 200, "{}", again.body);
    let wrong = sign_in(&house, &user.login, "wrong").await;
    assert_eq!(wrong.code(), 5, "success forgets what was counted");
}
