//! RFC 7662: an app asks how its tokens stand.

use protocol::{DAY, HOUR, Principal};
use testkit::{Answer, House};

async fn connected(house: &House) -> Answer {
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    house.exchange(app, &connect).await
}

#[track_caller]
fn inactive(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body, r#"{"active":false}"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_told_what_its_tokens_are() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let granted = connected(&house).await;
    for center in ["us2", "eu2", "glz"] {
        let access = house
            .introspect(center, app, &granted.text("access_token"))
            .await
            .json();
        assert_eq!(access["active"], true);
        assert_eq!(access["token_type"], "Bearer");
        assert_eq!(access["iss"], house.center("glz"));
        assert_eq!(access["aud"], house.center("us2"));
        assert_eq!(access["exp"], (house.now() + HOUR).as_seconds());
        let refresh = house
            .introspect(center, app, &granted.text("refresh_token"))
            .await;
        assert_eq!(refresh.header("cache-control"), "no-store");
        let refresh = refresh.json();
        assert_eq!(refresh["exp"], (house.now() + 180 * DAY).as_seconds());
        assert!(refresh.get("token_type").is_none());
        for answer in [access, refresh] {
            assert_eq!(answer["active"], true);
            assert_eq!(answer["sub"], company.id.to_string());
            assert_eq!(answer["companyId"], company.id.to_string());
            assert_eq!(answer["concur.type"], "company");
            assert_eq!(answer["client_id"], app.client_id.to_string());
            assert_eq!(answer["scope"], app.scopes.join(" "));
        }
    }
    let token = house.app_token("us2", app).await.text("access_token");
    let own = house.introspect("us2", app, &token).await.json();
    assert_eq!(
        (&own["active"], &own["concur.type"]),
        (&true.into(), &"app".into())
    );
    assert_eq!(own["sub"], app.client_id.to_string());
    assert!(own.get("companyId").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_another_app_is_told_nothing_and_its_question_is_no_receipt() {
    let house = House::start().await;
    let (company, app, other) = (
        house.company("Brackwater"),
        house.app("Meridian"),
        house.app("Harbor"),
    );
    let connect = house.request_token(company, app).await;
    let granted = house.exchange(app, &connect).await;
    for token in ["access_token", "refresh_token"] {
        inactive(&house.introspect("us2", other, &granted.text(token)).await);
    }
    let again = house.exchange(app, &connect).await;
    assert_eq!(again.status, 200, "the request token is not spent by that");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_access_or_refresh_token_is_inactive() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let spare = house.request_token(company, app).await;
    let id_token = connected(&house).await.text("id_token");
    for token in ["x", &spare.request_token, &id_token, "a.b.c", "🦀"] {
        inactive(&house.introspect("us2", app, token).await);
    }
    assert_eq!(house.exchange(app, &spare).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_prove_who_they_are_as_at_the_token_endpoint() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let token = connected(&house).await.text("access_token");
    for endpoint in ["introspect", "revoke"] {
        let url = format!("{}/oauth2/v0/{endpoint}/", house.center("us2"));
        let form = [("token", token.as_str()), ("token_type_hint", "whatever")];
        let bare = house.send(house.request("POST", &url).form(&form)).await;
        assert_eq!((bare.status, bare.code()), (400, 62));
        let basic = |secret: &str| {
            let request = house.request("POST", &url);
            request.basic_auth(app.client_id.to_string(), Some(secret))
        };
        let wrong = house.send(basic("wrong").form(&form)).await;
        assert_eq!((wrong.status, wrong.code()), (401, 64));
        assert!(wrong.header("www-authenticate").starts_with("Basic"));
        let empty: [(&str, &str); 0] = [];
        let nothing = house.send(basic(&app.client_secret).form(&empty)).await;
        assert_eq!((nothing.status, nothing.code()), (400, 400));
        assert_eq!(nothing.text("error"), "invalid_request");
        let twice = house
            .send(
                basic(&app.client_secret)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body("token=a&token=b"),
            )
            .await;
        assert_eq!(twice.code(), 135);
        let good = house.send(basic(&app.client_secret).form(&form)).await;
        assert_eq!(good.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s20_after_a_disconnect_in_the_app_center_tokens_are_inactive_at_once() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let granted = connected(&house).await;
    let principal = Principal::Company(company.id);
    assert!(house.disconnect(principal, app).await);
    for center in ["us2", "eu2", "glz"] {
        for token in ["access_token", "refresh_token"] {
            inactive(&house.introspect(center, app, &granted.text(token)).await);
        }
    }
    let refused = house
        .refresh("us2", app, &granted.text("refresh_token"))
        .await;
    assert_eq!(refused.code(), 108);
}

#[tokio::test(flavor = "multi_thread")]
async fn s59_asking_about_a_refresh_token_is_not_presenting_it() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let granted = connected(&house).await;
    let old = granted.text("refresh_token");
    assert_eq!(house.refresh("us2", app, &old).await.status, 200);
    house.advance(8 * DAY);
    let new = house.refresh("us2", app, &old).await.text("refresh_token");
    assert_ne!(new, old);
    // Asked about a hundred times, neither the retries of the old one are used up nor is the new
    // one proven to have arrived.
    for _ in 0..100 {
        for token in [&old, &new] {
            let answer = house.introspect("us2", app, token).await;
            assert_eq!(answer.json()["active"], true);
        }
    }
    let retried = house.refresh("us2", app, &old).await;
    assert_eq!(retried.text("refresh_token"), new);
    // Now the new one is used: the old one is dead, and asking about it is still no replay.
    assert_eq!(house.refresh("us2", app, &new).await.status, 200);
    inactive(&house.introspect("us2", app, &old).await);
    assert_eq!(house.refresh("us2", app, &new).await.status, 200);
    // Presented, it is one.
    assert_eq!(house.refresh("us2", app, &old).await.code(), 108);
    inactive(&house.introspect("us2", app, &new).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn s12_an_access_token_that_its_app_asks_about_has_arrived() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let granted = house.exchange(app, &connect).await;
    let refresh_token = granted.text("refresh_token");
    house.introspect("us2", app, &refresh_token).await;
    assert_eq!(house.exchange(app, &connect).await.status, 200);
    house
        .introspect("us2", app, &granted.text("access_token"))
        .await;
    assert_eq!(house.exchange(app, &connect).await.code(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn s19_an_expired_token_is_inactive() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let granted = connected(&house).await;
    house.advance(HOUR);
    inactive(
        &house
            .introspect("us2", app, &granted.text("access_token"))
            .await,
    );
    house.advance(180 * DAY);
    inactive(
        &house
            .introspect("us2", app, &granted.text("refresh_token"))
            .await,
    );
}
