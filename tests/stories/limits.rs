//! How often the authentication service may be called, and what is said to who calls more often.

use std::num::NonZeroU32;

use protocol::{MINUTE, RequestTokenAnswer};
use testkit::{Answer, House};

#[track_caller]
fn too_many(answer: &Answer) {
    assert_eq!(
        (answer.status, answer.code()),
        (429, 429),
        "{}",
        answer.body
    );
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(answer.text("error"), "temporarily_unavailable");
    assert_eq!(
        answer.text("concur-correlationid"),
        answer.header("concur-correlationid")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_an_app_that_calls_too_often_waits_and_others_do_not() {
    let house = House::start_with(|settings| {
        settings.call_limits.per_client = NonZeroU32::new(9);
    })
    .await;
    let (app, other) = (house.app("Meridian"), house.app("Harbor"));
    for _ in 0..3 {
        assert_eq!(house.app_token("us2", app).await.status, 200);
        assert_eq!(house.introspect("eu2", app, "x").await.status, 200);
        assert_eq!(house.revoke_token("glz", app, "x").await.status, 200);
    }
    too_many(&house.app_token("us2", app).await);
    too_many(&house.introspect("us2", app, "x").await);
    too_many(&house.revoke_token("us2", app, "x").await);
    assert_eq!(house.app_token("us2", other).await.status, 200);
    // Whoever only knows its name cannot use up what an app may.
    let stranger = sandbox::AppFacts {
        client_secret: "wrong".to_owned(),
        ..other.clone()
    };
    for _ in 0..12 {
        assert_eq!(house.app_token("us2", &stranger).await.code(), 64);
    }
    assert_eq!(house.app_token("us2", other).await.status, 200);
    house.advance(MINUTE);
    assert_eq!(house.app_token("us2", app).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_a_program_that_loops_for_one_company_stops_no_other() {
    let house = House::start_with(|settings| {
        settings.call_limits.per_company = NonZeroU32::new(4);
    })
    .await;
    let app = house.app("Meridian");
    let mut tokens = Vec::new();
    for company in &house.facts.companies[..2] {
        let connect = house.request_token(company, app).await;
        let answer = house.exchange(app, &connect).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        tokens.push(answer.text("refresh_token"));
    }
    for _ in 0..3 {
        assert_eq!(house.refresh("glz", app, &tokens[0]).await.status, 200);
    }
    too_many(&house.refresh("glz", app, &tokens[0]).await);
    assert_eq!(house.refresh("glz", app, &tokens[1]).await.status, 200);
    house.advance(MINUTE);
    assert_eq!(house.refresh("glz", app, &tokens[0]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_an_address_that_calls_too_often_waits_whoever_it_says_it_is() {
    let house = House::start_with(|settings| {
        settings.call_limits.per_address = NonZeroU32::new(6);
    })
    .await;
    for name in ["Meridian", "Harbor", "Daypost"] {
        let app = house.app(name);
        assert_eq!(house.app_token("us2", app).await.status, 200);
        let bare = house.token("us2", &[]).await;
        assert_eq!(bare.code(), 62);
    }
    too_many(&house.app_token("us2", house.app("Meridian")).await);
    too_many(&house.token("eu2", &[]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_guessing_is_answered_sixty_times_a_minute_and_then_not_at_all() {
    let house = House::start_with(|settings| {
        settings.call_limits = store::CallLimits::default();
    })
    .await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let granted = house.exchange(app, &connect).await;
    let guess = sandbox::AppFacts {
        client_secret: "a guess".to_owned(),
        ..app.clone()
    };
    // Refresh tokens that have ended are no guesses: a partner may have many.
    for _ in 0..70 {
        assert_eq!(house.refresh("us2", app, "x").await.code(), 108);
    }
    for _ in 0..20 {
        assert_eq!(house.app_token("us2", &guess).await.code(), 64);
        assert_eq!(house.introspect("us2", &guess, "x").await.code(), 64);
        let wrong = RequestTokenAnswer {
            request_token: "at-000000000000000000000000000000".to_owned(),
            ..connect
        };
        assert_eq!(house.exchange(app, &wrong).await.code(), 5);
    }
    // Not even the right secret is recognised now: a guess that was right looks like the others.
    too_many(&house.app_token("us2", &guess).await);
    too_many(&house.app_token("us2", app).await);
    too_many(&house.exchange(app, &connect).await);
    let refresh_token = granted.text("refresh_token");
    house.advance(MINUTE);
    let refreshed = house.refresh("us2", app, &refresh_token).await;
    assert_eq!(refreshed.status, 200, "nothing was consumed");
}

#[tokio::test(flavor = "multi_thread")]
async fn s29_without_limits_it_is_as_safe() {
    let house = House::start_with(|settings| {
        settings.call_limits.per_client = None;
        settings.call_limits.per_company = None;
        settings.call_limits.per_address = None;
        settings.call_limits.failures_per_address = None;
        settings.user_password_grant = true;
    })
    .await;
    let user = house.employee(house.company("Brackwater"));
    let app = house.app("Pedalpath");
    let mut codes = Vec::new();
    for _ in 0..12 {
        let fields = [
            ("grant_type", "password"),
            ("username", user.login.as_str()),
            ("password", "a guess"),
        ];
        let answer = house.as_client("us2", "token", app, &fields).await;
        codes.push(answer.code());
    }
    assert_eq!(codes, [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 14, 14]);
}
