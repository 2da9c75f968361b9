//! The exchange of authorization codes: once, by whom they were made for, in time.

use std::time::Duration;

use protocol::{CodeChallenge, DAY, MINUTE, Principal};
use sandbox::{AppFacts, UserFacts};
use store::housekeeping;
use testkit::{House, Visitor, parameter};

use crate::authorize::app_of_people;

fn user(house: &House) -> &UserFacts {
    house.employee(house.company("Brackwater"))
}

/// A code for an employee of a company in us2.
async fn code(house: &House, app: &AppFacts, more: &[(&str, &str)]) -> String {
    let url = house.authorize_url("glz", app, more);
    let visitor = Visitor::new(house);
    let page = visitor.authorize(&url).await;
    let answer = visitor.sign_in(&page, user(house)).await;
    let answer = match answer.status {
        200 => visitor.answer(&answer, "allow").await,
        _ => answer,
    };
    let code = parameter(answer.header("location"), "code");
    assert!(!code.is_empty(), "{} {}", answer.status, answer.body);
    code
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_foreign_is_101_to_105_and_consumes_nothing() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let code = code(&house, app, &[]).await;
    let changed = format!(
        "{}{}",
        &code[..code.len() - 1],
        if code.ends_with('0') { "1" } else { "0" }
    );
    let unknown = protocol::AuthorizationCodeValue::mint([9; 32]);
    for (more, number) in [
        (("code", ""), 101),
        (("redirect_uri", ""), 102),
        (("code", "nonsense"), 103),
        (("code", &changed), 103),
        (("code", unknown.expose()), 103),
        (("code_verifier", &"v".repeat(43)), 103),
        (("redirect_uri", app.redirect_uris[1].as_str()), 104),
        (("redirect_uri", "http://127.0.0.1:3000/callback/"), 104),
        (("scope", "openid company.read"), 54),
    ] {
        let answer = house.exchange_code("glz", app, &code, &[more]).await;
        assert_eq!((answer.status, answer.code()), (400, number), "{more:?}");
    }
    let other = house
        .register(app_of_people(
            &app.redirect_uris
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        ))
        .await;
    let foreign = house.exchange_code("glz", &other, &code, &[]).await;
    assert_eq!((foreign.status, foreign.code()), (400, 105));
    let elsewhere = house.exchange_code("eu2", app, &code, &[]).await;
    assert_eq!((elsewhere.status, elsewhere.code()), (400, 16));
    assert_eq!(elsewhere.text("geolocation"), house.center("us2"));
    let mut wrong = app.clone();
    wrong.client_secret = "wrong".to_owned();
    let stranger = house.exchange_code("glz", &wrong, &code, &[]).await;
    assert_eq!((stranger.status, stranger.code()), (401, 64));

    let narrowed = [("scope", "openid profile")];
    let good = house.exchange_code("us2", app, &code, &narrowed).await;
    assert_eq!(good.status, 200, "{}", good.body);
    assert_eq!(good.text("scope"), "openid profile");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_left_out_may_be_left_out_again() {
    let house = House::start().await;
    let app = app_of_people(&["http://127.0.0.1:3000/only"]);
    let app = house.register(app).await;
    let left_out = [("redirect_uri", "")];
    for (more, number) in [
        (("redirect_uri", ""), 0),
        (("redirect_uri", "http://127.0.0.1:3000/only"), 0),
        (("redirect_uri", "http://127.0.0.1:3000/other"), 104),
    ] {
        let code = code(&house, &app, &left_out).await;
        let answer = house.exchange_code("glz", &app, &code, &[more]).await;
        assert_eq!(answer.code(), number, "{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_good_for_ten_minutes() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let (early, late) = (code(&house, app, &[]).await, code(&house, app, &[]).await);
    house.advance(10 * MINUTE - Duration::from_secs(1));
    let good = house.exchange_code("glz", app, &early, &[]).await;
    assert_eq!(good.status, 200, "{}", good.body);
    house.advance(Duration::from_secs(1));
    let expired = house.exchange_code("glz", app, &late, &[]).await;
    assert_eq!((expired.status, expired.code()), (400, 103));
}

#[tokio::test(flavor = "multi_thread")]
async fn s05_proof_keys_are_checked_whichever_half_is_there() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let challenge = CodeChallenge::of(verifier).as_str().to_owned();
    let with = [
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let wrong = "x".repeat(43);
    for (asked, sent, number) in [
        (&with[..], verifier, 0),
        (&with[..], "", 103),
        (&with[..], &wrong, 103),
        (&with[..], &challenge, 103),
        (&with[..], &verifier[..42], 103),
        (&[], "", 0),
        (&[], verifier, 103),
    ] {
        let code = code(&house, app, asked).await;
        let more = [("code_verifier", sent)];
        let answer = house.exchange_code("glz", app, &code, &more).await;
        assert_eq!(answer.code(), number, "{asked:?} {sent}: {}", answer.body);
        if number == 103 && !asked.is_empty() {
            let more = [("code_verifier", verifier)];
            let retried = house.exchange_code("glz", app, &code, &more).await;
            assert_eq!(retried.status, 200, "a refusal consumes nothing");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s08_a_code_that_comes_back_revokes_what_it_yielded() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let code = code(&house, app, &[]).await;
    let first = house.exchange_code("glz", app, &code, &[]).await;
    let access_token = first.text("access_token");
    let alive = house.get("us2", "/profile/v1/me", &access_token).await;
    assert_eq!(alive.status, 200);
    // Another app cannot bring that about.
    let other = app_of_people(&["http://127.0.0.1:3000/callback"]);
    let other = house.register(other).await;
    let foreign = house.exchange_code("glz", &other, &code, &[]).await;
    assert_eq!(foreign.code(), 105);
    let alive = house.get("us2", "/profile/v1/me", &access_token).await;
    assert_eq!(alive.status, 200);

    let second = house.exchange_code("glz", app, &code, &[]).await;
    assert_eq!((second.status, second.code()), (400, 103));
    let dead = house.get("us2", "/profile/v1/me", &access_token).await;
    assert_eq!(dead.status, 401);
    let dead = house
        .refresh("us2", app, &first.text("refresh_token"))
        .await;
    assert_eq!(dead.code(), 108);
    let mut tx = house.platform.db.read().await.unwrap();
    let events = store::audit_events::since(&mut tx, house.now())
        .await
        .unwrap();
    assert!(events.iter().any(|event| event.action == "replay_detected"));
}

#[tokio::test(flavor = "multi_thread")]
async fn s08_a_replay_leaves_the_connection_that_was_there_before() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let before = code(&house, app, &[]).await;
    let before = house.exchange_code("glz", app, &before, &[]).await;
    let code = code(&house, app, &[]).await;
    // The answer to this one is lost, and the app asks again.
    assert_eq!(
        house.exchange_code("glz", app, &code, &[]).await.status,
        200
    );
    assert_eq!(
        house.exchange_code("glz", app, &code, &[]).await.code(),
        103
    );
    let still = house
        .refresh("us2", app, &before.text("refresh_token"))
        .await;
    assert_eq!(still.status, 200, "{}", still.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn s08_of_many_exchanges_at_once_at_most_one_succeeds_and_nothing_of_it_lasts() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    for _ in 0..4 {
        let code = code(&house, app, &[]).await;
        let url = format!("{}/oauth2/v0/token", house.center("glz"));
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let client_id = app.client_id.to_string();
                let form = [
                    ("client_id", client_id.as_str()),
                    ("client_secret", &app.client_secret),
                    ("grant_type", "authorization_code"),
                    ("code", &code),
                    ("redirect_uri", &app.redirect_uris[0]),
                ];
                tokio::spawn(house.request("POST", &url).form(&form).send())
            })
            .collect();
        let mut won = Vec::new();
        for task in tasks {
            let answer = testkit::Answer::read(task.await.unwrap().unwrap()).await;
            match answer.status {
                200 => won.push(answer.text("refresh_token")),
                status => assert_eq!((status, answer.code()), (400, 103)),
            }
        }
        assert_eq!(won.len(), 1);
        let dead = house.refresh("us2", app, &won[0]).await;
        assert_eq!(dead.code(), 108, "the others were second uses");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s22_whoever_is_switched_off_meanwhile_gets_123() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Pedalpath"));
    let code = code(&house, app, &[]).await;
    house.switch_user(company, user(&house), false).await;
    let disabled = house.exchange_code("glz", app, &code, &[]).await;
    assert_eq!((disabled.status, disabled.code()), (403, 123));
    house.switch_user(company, user(&house), true).await;
    house.switch_company(company, false).await;
    let suspended = house.exchange_code("glz", app, &code, &[]).await;
    assert_eq!((suspended.status, suspended.code()), (403, 123));
    house.switch_company(company, true).await;
    let good = house.exchange_code("glz", app, &code, &[]).await;
    assert_eq!(good.status, 200, "{}", good.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disconnect_takes_codes_back_that_are_still_on_their_way() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Pedalpath"));
    let code = code(&house, app, &[]).await;
    let principal = Principal::User(company.id, user(&house).id);
    house.disconnect(principal, app).await;
    let refused = house.exchange_code("glz", app, &code, &[]).await;
    assert_eq!((refused.status, refused.code()), (400, 103));
}

#[tokio::test(flavor = "multi_thread")]
async fn s42_old_codes_leave() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let code = code(&house, app, &[]).await;
    assert_eq!(
        house.exchange_code("glz", app, &code, &[]).await.status,
        200
    );
    let swept = async || {
        let swept = housekeeping::sweep(&house.platform, house.now()).await;
        let swept = swept.unwrap().unwrap();
        let of_codes =
            |(table, _): &&(housekeeping::Expiring, u64)| table.table() == "authorization_codes";
        swept.iter().find(of_codes).unwrap().1
    };
    assert_eq!(swept().await, 0);
    house.advance(DAY + 10 * MINUTE);
    assert_eq!(swept().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn s21_while_the_database_is_held_nothing_is_consumed() {
    let house = House::start().await;
    let app = house.app("Pedalpath");
    let code = code(&house, app, &[]).await;
    let held = house.hold_database().await;
    let away = house.exchange_code("glz", app, &code, &[]).await;
    assert_eq!(away.status, 503, "{}", away.body);
    drop(held);
    let good = house.exchange_code("glz", app, &code, &[]).await;
    assert_eq!(good.status, 200, "{}", good.body);
}
