//! One process whose app for tests is registered with another platform than the one in use.

use testkit::{House, Visitor};

use super::{Partner, app};

// Both platforms answer while commands run.
#[tokio::test(flavor = "multi_thread")]
async fn an_app_for_tests_connects_at_a_sandbox_beside_one_that_is_in_use() {
    let (house, sandbox) = (House::start().await, House::start().await);
    let partner = Partner::new(&house).await;
    let described = format!(
        "[platforms.sandbox]\nname = \"Example Sandbox\"\nlanding_zone = {:?}\n\
         [platforms.sandbox.data_centers]\ntest = {:?}\n\n[broker]",
        sandbox.center("glz"),
        sandbox.center("us2"),
    );
    partner.configure("[broker]", &described);
    partner.configure("[apps.cards]", "[apps.cards]\nplatform = \"sandbox\"");
    let cards = app(&sandbox, "Harbor");
    std::fs::write(partner.path("cards.secret"), &cards.client_secret).unwrap();
    partner.migrate();

    let key = [
        "partner", "key", "create", "--app", "cards", "--name", "books",
    ];
    let key = partner.json(&key);
    let code = [
        "partner",
        "code",
        "issue",
        "--app",
        "cards",
        "--customer",
        "Brackwater",
    ];
    let code = partner.json(&code)["code"].as_str().unwrap().to_owned();
    let served = partner.serve().await;
    let company = sandbox.company("Brackwater");
    let visitor = Visitor::new(&sandbox);
    let link = partner.link(&sandbox, (cards, "cards"), company).await;
    let page = partner.open(&visitor, &link).await;
    assert!(
        page.body.contains("Connect Example Sandbox to App cards"),
        "{}",
        page.body
    );
    let agreed = [
        ("code", code.as_str()),
        ("terms", "yes"),
        ("privacy", "yes"),
    ];
    let pages = ("/connect/cards", "/connect/cards/code");
    let next = partner.submit(&visitor, pages, &agreed).await;
    let next = partner.submit(&visitor, (&next, &next), &[]).await;
    assert_eq!(next, "/connect/cards/done");

    let path = format!("/v1/apps/{}/connections/{}", cards.client_id, company.id);
    let key = key["key"].as_str().unwrap();
    let (status, token) = partner.broker(key, &format!("{path}/token")).await;
    assert_eq!(
        (status, &token["geolocation"]),
        (200, &sandbox.center("us2").into())
    );
    let (status, profile) = partner
        .broker(key, &format!("{path}/proxy/profile/v1/me"))
        .await;
    assert_eq!(
        (status, profile["id"].as_str()),
        (200, Some(&*company.id.to_string()))
    );

    // The other app is where it was.
    let visitor = Visitor::new(&house);
    let ledger = (app(&house, "Meridian"), "ledger");
    let link = partner
        .link(&house, ledger, house.company("Brackwater"))
        .await;
    let page = partner.open(&visitor, &link).await;
    assert!(
        page.body.contains("Connect Example Travel to App ledger"),
        "{}",
        page.body
    );
    drop(served);
}

#[tokio::test]
async fn an_app_names_a_platform_that_is_described() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.migrate();
    partner.configure("[apps.cards]", "[apps.cards]\nplatform = \"sandbox\"");
    let told = partner.refusal(&["partner"]);
    assert!(
        told.contains("app \"cards\": platform \"sandbox\" is not described"),
        "{told}"
    );
    partner.configure("[platform]", "[platforms.real]");
    partner.configure("[platform.data_centers]", "[platforms.real.data_centers]");
    let told = partner.refusal(&["partner"]);
    assert!(told.contains("there are real"), "{told}");
    partner.configure("platform = \"sandbox\"", "platform = \"real\"");
    let told = partner.refusal(&["partner"]);
    assert!(
        told.contains("app \"ledger\": it names no platform"),
        "{told}"
    );
}
