//! Apps at the token endpoint: who they are, what is theirs, and what they are told.

use protocol::{DAY, RequestTokenAnswer, RequestTokenValue};
use testkit::{Answer, House};

/// Everything that a client could tell two answers apart by.
fn seen(answer: &Answer) -> (u16, Vec<String>, serde_json::Value) {
    let mut body = answer.json();
    body.as_object_mut()
        .unwrap()
        .remove("concur-correlationid")
        .unwrap();
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !["date", "concur-correlationid"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    (answer.status, headers, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn s10_unknown_expired_used_up_arrived_and_withdrawn_request_tokens_look_the_same() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let expired = house.request_token(company, app).await;
    house.advance(DAY);
    let used_up = house.request_token(company, app).await;
    for _ in 0..5 {
        assert_eq!(house.exchange(app, &used_up).await.status, 200);
    }
    let arrived = house.request_token(company, app).await;
    let access_token = house.exchange(app, &arrived).await.text("access_token");
    assert_eq!(
        house
            .get("us2", "/profile/v1/me", &access_token)
            .await
            .status,
        200
    );
    let mut of_another = house.request_token(house.company("Feldmann"), app).await;
    of_another.id = company.id.as_uuid();
    // One that anybody could have made up, and one that looks as if it had been minted.
    let [made_up, unknown] = [
        "at-000000000000000000000000000000".to_owned(),
        RequestTokenValue::mint([7; 32]).expose().to_owned(),
    ]
    .map(|request_token| RequestTokenAnswer {
        id: company.id.as_uuid(),
        request_token,
        user_id: expired.user_id,
    });
    let mut answers = Vec::new();
    for connect in [
        &expired,
        &used_up,
        &arrived,
        &of_another,
        &made_up,
        &unknown,
    ] {
        answers.push(seen(&house.exchange(app, connect).await));
    }
    let withdrawn = house.request_token(company, app).await;
    assert_eq!(house.revoke("us2", &access_token).await.status, 200);
    answers.push(seen(&house.exchange(app, &withdrawn).await));
    assert_eq!(answers[0].2["code"], 5);
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_two_secrets_are_good_while_they_are_rotated_and_an_inactive_one_is_not() {
    let house = House::start().await;
    let app = house.app("Meridian");
    house.add_secret(app, "the-next-one", true).await;
    house.add_secret(app, "not-active-yet", false).await;
    let with = |secret: &str| sandbox::AppFacts {
        client_secret: secret.to_owned(),
        ..app.clone()
    };
    for (secret, code) in [
        (app.client_secret.as_str(), 0),
        ("the-next-one", 0),
        ("not-active-yet", 64),
        ("the-next-on", 64),
        ("the-next-one ", 64),
    ] {
        let answer = house.app_token("us2", &with(secret)).await;
        assert_eq!(answer.code(), code, "{secret:?}");
        let told = house.introspect("us2", &with(secret), "x").await;
        assert_eq!(told.code(), code, "{secret:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_no_app_gets_anything_out_of_another_ones_tokens() {
    let house = House::start().await;
    let company = house.company("Brackwater");
    let apps = ["Meridian", "Harbor", "Daypost"].map(|name| house.app(name));
    for owner in apps {
        let connect = house.request_token(company, owner).await;
        let granted = house.exchange(owner, &connect).await;
        let (refresh, access) = (granted.text("refresh_token"), granted.text("access_token"));
        for other in apps {
            if other.client_id == owner.client_id {
                continue;
            }
            assert_eq!(house.exchange(other, &connect).await.code(), 136);
            assert_eq!(house.refresh("us2", other, &refresh).await.code(), 105);
            for token in [&refresh, &access] {
                let told = house.introspect("us2", other, token).await;
                assert_eq!(told.body, r#"{"active":false}"#);
                assert_eq!(house.revoke_token("us2", other, token).await.status, 200);
            }
            // The right app, the wrong app's secret.
            let mixed = sandbox::AppFacts {
                client_secret: other.client_secret.clone(),
                ..owner.clone()
            };
            assert_eq!(house.refresh("us2", &mixed, &refresh).await.code(), 64);
            assert_eq!(house.introspect("us2", &mixed, &refresh).await.code(), 64);
        }
        assert_eq!(house.refresh("us2", owner, &refresh).await.status, 200);
        assert_eq!(
            house.get("us2", "/profile/v1/me", &access).await.status,
            200
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_may_end_with_a_slash() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let token = house.as_client(
        "us2",
        "token/",
        app,
        &[("grant_type", "client_credentials")],
    );
    assert_eq!(token.await.status, 200);
    let keys = format!("{}/oauth2/v0/jwks/", house.center("us2"));
    let keys = house.send(house.request("GET", &keys)).await;
    assert_eq!(keys.status, 200);
    assert_eq!(keys.header("cache-control"), "public, max-age=300");
}
