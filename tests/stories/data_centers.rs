//! A company lives in one data centre; asking elsewhere says where.

use testkit::House;

#[tokio::test(flavor = "multi_thread")]
async fn code_16_names_the_right_data_centre_and_consumes_nothing() {
    let house = House::start().await;
    let (company, app) = (house.company("Feldmann"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    for _ in 0..7 {
        let elsewhere = house.exchange_at("us2", app, &connect).await;
        assert_eq!((elsewhere.status, elsewhere.code()), (400, 16));
        assert_eq!(elsewhere.text("geolocation"), house.center("eu2"));
    }
    let home = house.exchange_at("eu2", app, &connect).await;
    assert_eq!(home.status, 200);
    assert_eq!(home.text("geolocation"), house.center("eu2"));
    let refresh_token = home.text("refresh_token");
    let elsewhere = house.refresh("us2", app, &refresh_token).await;
    assert_eq!(
        (elsewhere.code(), elsewhere.text("geolocation").as_str()),
        (16, house.center("eu2"))
    );
    assert_eq!(house.refresh("eu2", app, &refresh_token).await.status, 200);
    assert_eq!(house.refresh("glz", app, &refresh_token).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_profile_api_answers_301_elsewhere_and_the_reports_api_16() {
    let house = House::start().await;
    let (company, app) = (house.company("Feldmann"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let token = house.exchange(app, &connect).await.text("access_token");
    let moved = house.get("us2", "/profile/v1/me", &token).await;
    assert_eq!(moved.status, 301);
    assert_eq!(
        moved.header("location"),
        format!("{}/profile/v1/me", house.center("eu2"))
    );
    let reports = house
        .get("us2", "/api/v3.0/expense/reports?user=ALL", &token)
        .await;
    assert_eq!((reports.status, reports.code()), (400, 16));
    assert_eq!(house.get("eu2", "/profile/v1/me", &token).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn s31_an_authority_that_is_no_data_centre_is_421_on_every_site() {
    let house = House::start().await;
    for origin in [
        house.center("us2"),
        house.facts.app_center.as_str(),
        house.facts.partner.as_str(),
    ] {
        for host in ["evil.example", "us2.evil.example:80", ""] {
            let request = house
                .request("GET", &format!("{origin}/oauth2/v0/jwks"))
                .header("host", host);
            let answer = house.send(request).await;
            assert_eq!(answer.status, 421, "{origin} asked as {host:?}");
            assert!(!answer.header("concur-correlationid").is_empty());
        }
    }
    let local = house.center("us2").replace("127.0.0.1", "localhost");
    let request = house.request("GET", &format!("{local}/oauth2/v0/jwks"));
    assert_eq!(house.send(request).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_with_prior_knowledge_is_spoken_on_the_same_port() {
    let house = House::start().await;
    let http2 = reqwest::Client::builder()
        .http2_prior_knowledge()
        .no_proxy()
        .build()
        .unwrap();
    let answer = http2
        .get(format!("{}/oauth2/v0/jwks", house.center("eu2")))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.version()),
        (200, reqwest::Version::HTTP_2)
    );
}
