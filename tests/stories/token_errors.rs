//! Every numbered refusal that this endpoint gives today, each provoked by its cause.

use testkit::{Answer, House};

/// The form of a good exchange, with fields replaced or (empty) left out.
async fn exchange_with(house: &House, changes: &[(&str, &str)]) -> Answer {
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let (client_id, username) = (app.client_id.to_string(), connect.id.to_string());
    let mut form = vec![
        ("client_id", client_id.as_str()),
        ("client_secret", app.client_secret.as_str()),
        ("grant_type", "password"),
        ("username", &username),
        ("password", &connect.request_token),
        ("credtype", "authtoken"),
    ];
    for (name, value) in changes {
        form.retain(|(known, _)| known != name);
        form.push((name, value));
    }
    form.retain(|(_, value)| !value.is_empty());
    house.token("glz", &form).await
}

#[track_caller]
pub fn refused(answer: &Answer, status: u16, code: u64, error: &str) {
    assert_eq!(
        (answer.status, answer.code()),
        (status, code),
        "{}",
        answer.body
    );
    assert_eq!(answer.text("error"), error);
    assert!(!answer.text("error_description").is_empty());
    assert_eq!(
        answer.text("concur-correlationid"),
        answer.header("concur-correlationid")
    );
    assert_eq!(answer.header("cache-control"), "no-store");
}

const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test(flavor = "multi_thread")]
async fn missing_parts_are_named() {
    let house = House::start().await;
    for (field, code) in [
        ("username", 51),
        ("password", 52),
        ("client_id", 62),
        ("client_secret", 63),
        ("grant_type", 65),
    ] {
        refused(
            &exchange_with(&house, &[(field, "")]).await,
            400,
            code,
            "invalid_request",
        );
    }
    let without_token = exchange_with(&house, &[("grant_type", "refresh_token")]).await;
    refused(&without_token, 400, 106, "invalid_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_prove_who_they_are() {
    let house = House::start().await;
    let unknown = exchange_with(&house, &[("client_id", UNKNOWN)]).await;
    refused(&unknown, 401, 61, "invalid_client");
    let nonsense = exchange_with(&house, &[("client_id", "meridian")]).await;
    refused(&nonsense, 401, 61, "invalid_client");
    let wrong = exchange_with(&house, &[("client_secret", UNKNOWN)]).await;
    refused(&wrong, 401, 64, "invalid_client");
    let foreign = &house.app("Harbor").client_secret;
    let foreign = exchange_with(&house, &[("client_secret", foreign)]).await;
    refused(&foreign, 401, 64, "invalid_client");
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_and_credential_types_are_a_closed_set() {
    let house = House::start().await;
    for changes in [
        [("grant_type", "implicit")],
        [("grant_type", "authorization_code")],
        [("credtype", "password")],
        [("credtype", "")],
    ] {
        refused(
            &exchange_with(&house, &changes).await,
            400,
            60,
            "invalid_grant",
        );
    }
    let other = exchange_with(&house, &[("credtype", "sso")]).await;
    refused(&other, 400, 120, "invalid_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn s10_a_request_token_that_is_wrong_in_any_way_is_the_same_code_5() {
    let house = House::start().await;
    let made_up = "at-0000000000000000000000000000zz";
    for (field, value) in [
        ("password", made_up),
        ("password", "x"),
        ("username", UNKNOWN),
        ("username", "not-a-uuid"),
    ] {
        refused(
            &exchange_with(&house, &[(field, value)]).await,
            400,
            5,
            "invalid_grant",
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_tokens_of_another_app_are_refused_by_136_and_105() {
    let house = House::start().await;
    let (company, meridian, harbor) = (
        house.company("Brackwater"),
        house.app("Meridian"),
        house.app("Harbor"),
    );
    let connect = house.request_token(company, meridian).await;
    refused(
        &house.exchange(harbor, &connect).await,
        400,
        136,
        "invalid_request",
    );
    let granted = house.exchange(meridian, &connect).await;
    assert_eq!(granted.status, 200, "a foreign attempt consumes nothing");
    let stolen = house
        .refresh("us2", harbor, &granted.text("refresh_token"))
        .await;
    refused(&stolen, 400, 105, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_that_the_app_may_not_have_is_53() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let mut tx = house.platform.db.write().await.unwrap();
    let mut private = store::apps::find(&mut tx, app.client_id)
        .await
        .unwrap()
        .unwrap();
    private.client_id = protocol::AppId::from_uuid(uuid::Uuid::from_u128(77));
    private.allowed_principal = Some(house.company("Vireo").id);
    store::apps::insert(&mut tx, &private).await.unwrap();
    let secret = store::AppSecret {
        client_id: private.client_id,
        id: uuid::Uuid::from_u128(1),
        hash: house.platform.client_secret_hash("secret"),
        active: true,
        created_at: house.now(),
    };
    store::app_secrets::insert(&mut tx, &secret).await.unwrap();
    tx.commit().await.unwrap();
    let facts = sandbox::AppFacts {
        client_id: private.client_id,
        client_secret: "secret".to_owned(),
        ..app.clone()
    };
    let foreign = house
        .request_token(house.company("Brackwater"), &facts)
        .await;
    refused(
        &house.exchange(&facts, &foreign).await,
        403,
        53,
        "invalid_client",
    );
    let own = house.request_token(house.company("Vireo"), &facts).await;
    assert_eq!(house.exchange(&facts, &own).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn refresh_tokens_that_never_were_are_108() {
    let house = House::start().await;
    let app = house.app("Meridian");
    for value in ["x", UNKNOWN, "2d725xipty0z7ha3vlpy8b2c3hqxmw"] {
        refused(
            &house.refresh("us2", app, value).await,
            403,
            108,
            "invalid_grant",
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refreshing_is_107_for_an_app_without_that_grant() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let connect = house.request_token(house.company("Brackwater"), app).await;
    let granted = house.exchange(app, &connect).await.text("refresh_token");
    let mut tx = house.platform.db.write().await.unwrap();
    tx.execute("UPDATE apps SET grants = 'password'", &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    refused(
        &house.refresh("us2", app, &granted).await,
        400,
        107,
        "invalid_request",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn http_basic_and_a_charset_are_taken() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let connect = house.request_token(company, app).await;
    let body = format!(
        "grant_type=password&username={}&password={}&credtype=authtoken",
        connect.id, connect.request_token
    );
    let url = format!("{}/oauth2/v0/token", house.center("glz"));
    let request = house
        .request("POST", &url)
        .basic_auth(app.client_id.to_string(), Some(&app.client_secret))
        .header(
            "content-type",
            "application/x-www-form-urlencoded; charset=UTF-8",
        )
        .header("concur-correlationid", "nameofapp")
        .body(body);
    let answer = house.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("concur-correlationid"), "nameofapp");
}

/// The table for partners: number, HTTP status where it arises, and why.
const DOCUMENTED: &str = include_str!("../../docs/integrate/error-codes.md");

#[test]
fn every_code_of_the_reference_is_documented_as_it_is() {
    let row = |number: u16| {
        let begins = format!("| {number} | ");
        let mut rows = DOCUMENTED.lines().filter(|line| line.starts_with(&begins));
        rows.next().unwrap_or_else(|| panic!("no row for {number}"))
    };
    for code in protocol::ErrorCode::ALL {
        let begins = format!("| {} | {} | ", code.number(), code.http_status());
        assert!(row(code.number()).starts_with(&begins), "{code:?}");
    }
    let known = |number: u16| {
        let mut all = protocol::ErrorCode::ALL.iter();
        all.any(|code| code.number() == number)
    };
    let reference = (5..=5).chain(10..=14).chain([16]).chain(19..=21);
    let reference = reference.chain(51..=65).chain(80..=81).chain(83..=85);
    let reference = reference.chain(100..=109).chain([115]).chain(117..=124);
    for number in reference.chain(134..=136).chain([139]) {
        let unused =
            row(number).contains("| – | never: ") || row(number).contains("| – | not yet: ");
        assert_ne!(known(number), unused, "{number}: {}", row(number));
    }
}

#[test]
fn no_number_is_documented_that_does_not_arise() {
    let number_and_status = |line: &str| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let number: u16 = cells.next()?.parse().ok()?;
        // Where it never arises there is a dash; where there is no number, the HTTP status.
        let status: u16 = cells.next()?.parse().ok()?;
        (number != status).then_some((number, status))
    };
    let rows: std::collections::BTreeSet<_> =
        DOCUMENTED.lines().filter_map(number_and_status).collect();
    let all = protocol::ErrorCode::ALL.iter();
    let all = all.map(|code| (code.number(), code.http_status()));
    assert_eq!(rows, all.collect());
}
