//! A company is moved to another data centre: what stays, what ends, and who says where it is now.

use testkit::{Answer, House};

/// 200, 301, or the number of a refusal.
#[track_caller]
fn told(answer: &Answer) -> u64 {
    match answer.status {
        200 | 301 => u64::from(answer.status),
        _ => answer.code(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ge_02_a_company_that_moved_keeps_its_connections_and_its_tokens_learn_the_place() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let spare = house.request_token(company, app).await;
    let connect = house.request_token(company, app).await;
    let granted = house.exchange(app, &connect).await;
    let (refresh, access) = (granted.text("refresh_token"), granted.text("access_token"));
    assert_eq!(
        told(&house.get("us2", "/profile/v1/me", &access).await),
        200
    );

    house.move_company(company, "eu2").await;
    let (old, new) = (house.center("us2"), house.center("eu2"));
    let profile = house.get("us2", "/profile/v1/me", &access).await;
    assert_eq!(profile.status, 301);
    assert_eq!(profile.header("location"), format!("{new}/profile/v1/me"));
    let reports = "/api/v3.0/expense/reports?user=ALL";
    for answer in [
        house.get("us2", reports, &access).await,
        house.get("us2", "/oauth2/v0/userinfo", &access).await,
        house.revoke("us2", &access).await,
        house.refresh("us2", app, &refresh).await,
    ] {
        assert_eq!((answer.status, answer.code()), (400, 16), "{}", answer.body);
        assert_eq!(answer.text("geolocation"), new);
    }
    // It was issued for the former place alone (S27).
    assert_eq!(
        house.get("eu2", "/profile/v1/me", &access).await.status,
        401
    );
    let known = house.introspect("eu2", app, &access).await;
    assert_eq!(known.body, r#"{"active":false}"#);
    let known = house.introspect("us2", app, &refresh).await;
    assert_eq!(known.json()["active"], true);

    let renewed = house.refresh("eu2", app, &refresh).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    assert_eq!(renewed.text("geolocation"), new);
    assert_eq!(renewed.text("refresh_token"), refresh);
    let access = renewed.text("access_token");
    assert_eq!(
        told(&house.get("eu2", "/profile/v1/me", &access).await),
        200
    );
    assert_eq!(told(&house.get("eu2", reports, &access).await), 200);
    // A click from before the move is exchanged as ever.
    assert_eq!(house.exchange(app, &spare).await.text("geolocation"), new);

    house.move_company(company, "us2").await;
    let back = house.refresh("glz", app, &refresh).await;
    assert_eq!(back.text("geolocation"), old);
}

/// The table of reference §4.2 for a company in eu2: which base URI answers which call. The landing
/// zone may be asked for every token, another data centre for none.
#[tokio::test(flavor = "multi_thread")]
async fn ge_03_each_call_is_answered_where_the_table_has_it_and_elsewhere_names_the_place() {
    let house = House::start_with(|settings| settings.user_password_grant = true).await;
    let company = house.company("Feldmann");
    let (of_companies, of_people) = (house.app("Meridian"), house.app("Pedalpath"));
    let user = house.employee(company);
    let connect = house.request_token(company, of_companies).await;
    let granted = house.exchange(of_companies, &connect).await;
    let (refresh, access) = (granted.text("refresh_token"), granted.text("access_token"));
    let login = [
        ("grant_type", "password"),
        ("username", user.login.as_str()),
        ("password", &user.password),
    ];
    let mail = [("channel_type", "email"), ("channel_handle", &*user.login)];
    let reports = "/api/v3.0/expense/reports?user=ALL";
    for center in ["glz", "us2", "eu2"] {
        let token_call = if center == "us2" { 16 } else { 200 };
        let own_call = if center == "eu2" { 200 } else { 16 };
        let visitor = testkit::Visitor::new(&house);
        let page = house.authorize_url(center, of_people, &[]);
        let page = visitor.authorize(&page).await;
        let mut back = visitor.sign_in(&page, user).await;
        if back.status == 200 {
            back = visitor.answer(&back, "allow").await;
        }
        let code = testkit::parameter(back.header("location"), "code");
        // The first token is dead once its answer was seen in use (S12).
        let click = house.request_token(company, of_companies).await;
        let profile = house.get(center, "/profile/v1/me", &access).await;
        for (call, answer, expected) in [
            (
                "authtoken",
                house.exchange_at(center, of_companies, &click).await,
                token_call,
            ),
            (
                "code",
                house.exchange_code(center, of_people, &code, &[]).await,
                token_call,
            ),
            (
                "password",
                house.as_client(center, "token", of_people, &login).await,
                token_call,
            ),
            (
                "refresh",
                house.refresh(center, of_companies, &refresh).await,
                token_call,
            ),
            (
                "client_credentials",
                house.app_token(center, of_companies).await,
                200,
            ),
            (
                "introspect",
                house.introspect(center, of_companies, &access).await,
                200,
            ),
            (
                "otp",
                house.as_client(center, "otp", of_people, &mail).await,
                token_call,
            ),
            (
                "userinfo",
                house.get(center, "/oauth2/v0/userinfo", &access).await,
                token_call,
            ),
            (
                "reports",
                house.get(center, reports, &access).await,
                own_call,
            ),
        ] {
            assert_eq!(
                told(&answer),
                expected,
                "{call} at {center}: {}",
                answer.body
            );
            if expected == 16 {
                assert_eq!(answer.text("geolocation"), house.center("eu2"), "{call}");
            }
        }
        assert_eq!(profile.status, if center == "eu2" { 200 } else { 301 });
    }
    // Last, because it ends what the others rest on.
    for (center, expected) in [("glz", 16), ("us2", 16)] {
        assert_eq!(house.revoke(center, &access).await.code(), expected);
    }
    assert_eq!(house.revoke("eu2", &access).await.status, 200);
}
