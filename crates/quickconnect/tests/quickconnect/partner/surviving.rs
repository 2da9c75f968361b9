//! What an inquiry, a code and a connection go through.

use std::time::Duration;

use testkit::{House, Visitor, hidden, parameter};

use super::{Partner, Served, app};

/// Killed without warning, and started again.
async fn killed(partner: &Partner, served: Served) -> Served {
    drop(served);
    partner.serve().await
}

// The platform answers while commands run.
#[tokio::test(flavor = "multi_thread")]
async fn s47_a_connection_survives_a_kill_after_each_step() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.migrate();
    let key = partner.json(&[
        "partner", "key", "create", "--app", "ledger", "--name", "books",
    ]);
    let key = key["key"].as_str().unwrap();
    let company = house.company("Brackwater");
    let (visitor, ledger) = (Visitor::new(&house), app(&house, "Meridian"));

    let served = partner.serve().await;
    let link = partner.link(&house, (ledger, "ledger"), company).await;
    let page = partner.open(&visitor, &link).await;
    assert!(
        page.body.contains("Connect Example Travel to App ledger"),
        "{}",
        page.body
    );

    let served = killed(&partner, served).await;
    let person = [
        ("name", "Maren Holloway"),
        ("email", "maren@brackwater.example"),
        ("password", "correct horse battery"),
    ];
    let sign_up = "/connect/ledger/sign-up";
    partner.submit(&visitor, (sign_up, sign_up), &person).await;

    let served = killed(&partner, served).await;
    let agreed = [
        ("company_name", "Brackwater"),
        ("terms", "yes"),
        ("privacy", "yes"),
    ];
    let step = "/connect/ledger/sign-up/company";
    let next = partner.submit(&visitor, (step, step), &agreed).await;
    assert_eq!(next, "/connect/ledger/confirm");

    let served = killed(&partner, served).await;
    let next = partner.submit(&visitor, (&next, &next), &[]).await;
    assert_eq!(next, "/connect/ledger/done");

    let served = killed(&partner, served).await;
    let done = visitor.get(&partner.url(&next)).await;
    assert!(done.body.contains(&company.name), "{}", done.body);
    let path = format!(
        "/v1/apps/{}/connections/{}/token",
        ledger.client_id, company.id
    );
    let (status, token) = partner.broker(key, &path).await;
    assert_eq!(status, 200, "{token}");
    let access = token["access_token"].as_str().unwrap();
    let profile = format!("{}/profile/v1/me", token["geolocation"].as_str().unwrap());
    let profile = house
        .request("GET", &profile)
        .bearer_auth(access)
        .send()
        .await
        .unwrap();
    assert_eq!(profile.status(), 200, "the platform honours it");

    let listed = partner.json(&["partner", "connection", "list", "--app", "ledger"]);
    assert_eq!(listed["state"], "connected");
    let served = killed(&partner, served).await;
    let (status, again) = partner.broker(key, &path).await;
    assert_eq!(
        (status, &again["access_token"]),
        (200, &token["access_token"])
    );

    let company_id = company.id.to_string();
    let of = ["--app", "ledger", company_id.as_str()];
    let parted = partner.json(&[&["partner", "connection", "delete"], &of[..]].concat());
    assert_eq!(parted["state"], "done", "{parted}");
    // Nothing about the customer is left.
    partner.broker_refuses(key, &path, 404).await;
    let refused = house.request("GET", &format!("{}/profile/v1/me", house.center("us2")));
    let refused = refused.bearer_auth(access).send().await.unwrap();
    assert_eq!(refused.status(), 401, "and the platform has ended it");
    drop(served);
}

/// A canary goes through a visit, with every request logged, and is looked for in everything that was
/// written down.
#[tokio::test(flavor = "multi_thread")]
async fn s43_a_request_token_stands_in_no_log_and_in_no_file() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.configure("[stopping]", "[log]\nrequests = true\n\n[stopping]");
    partner.migrate();
    let visitor = Visitor::new(&house);
    let ledger = (app(&house, "Meridian"), "ledger");
    let served = partner.serve().await;
    let link = partner
        .link(&house, ledger, house.company("Brackwater"))
        .await;
    let canary = parameter(&link, "requestToken");
    assert!(canary.len() > 20, "{canary}");
    let arrived = visitor.get(&link).await;
    assert_eq!(arrived.header("referrer-policy"), "no-referrer");
    assert!(!format!("{:?}", arrived.headers).contains(&canary));
    let person = [
        ("name", "Maren Holloway"),
        ("email", "maren@brackwater.example"),
        ("password", "correct horse battery"),
    ];
    let sign_up = "/connect/ledger/sign-up";
    let next = partner.submit(&visitor, (sign_up, sign_up), &person).await;
    partner
        .submit(&visitor, (&next, &next), &[("later", "yes")])
        .await;
    let mail = waited(|| mail_to(&partner, "maren@brackwater.example")).await;
    let agreed = [
        ("company_name", "Brackwater"),
        ("terms", "yes"),
        ("privacy", "yes"),
    ];
    let next = partner.submit(&visitor, (&next, &next), &agreed).await;
    partner.submit(&visitor, (&next, &next), &[]).await;
    drop(served);
    let log = partner.log();
    assert!(log.contains("/connect/ledger/confirm"), "{log}");
    assert!(!mail.contains(&canary) && !log.contains(&canary));
    for file in std::fs::read_dir(partner.dir.path()).unwrap() {
        let path = file.unwrap().path();
        let content = std::fs::read(&path).unwrap_or_default();
        let content = String::from_utf8_lossy(&content);
        assert!(!content.contains(&canary), "{}", path.display());
    }
}

#[tokio::test]
async fn an_inquiry_survives_a_kill_and_is_told_of_until_it_is_answered() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.migrate();
    let staff = [
        "partner",
        "staff",
        "create",
        "ruth@meridian.example",
        "--name",
        "Ruth Adeyemi",
    ];
    let password = partner.json(&staff)["password"]
        .as_str()
        .unwrap()
        .to_owned();
    let served = partner.serve().await;
    let visitor = Visitor::new(&house);
    let contact = "/connect/cards/contact";
    let asked = [
        ("name", "Maren Holloway"),
        ("email", "maren@brackwater.example"),
        ("company_name", "Brackwater"),
        ("message", "We have signed: where is our code?"),
    ];
    partner.submit(&visitor, (contact, contact), &asked).await;

    let served = killed(&partner, served).await;
    let mail = waited(|| only_mail(&partner)).await;
    assert!(
        mail.contains("sales@meridian.example") && mail.contains("Brackwater"),
        "{mail}"
    );
    assert!(!mail.contains("where is our code"), "{mail}");
    let counted = "inquiries_unanswered{app=\"cards\"} 1";
    let metrics = partner.health("/metrics").await.unwrap().1;
    assert!(metrics.contains(counted), "{metrics}");

    // Told of once in each interval, not after each start.
    let served = killed(&partner, served).await;
    let ruth = Visitor::new(&house);
    let who = [
        ("email", "ruth@meridian.example"),
        ("password", password.as_str()),
    ];
    let sign_in = "/console/sign-in";
    partner.submit(&ruth, (sign_in, sign_in), &who).await;
    let inbox = ruth.get(&partner.url("/console/inquiries")).await;
    assert!(inbox.body.contains("where is our code"), "{}", inbox.body);
    assert!(only_mail(&partner).is_some());
    drop(served);
}

#[tokio::test]
async fn a_code_survives_a_kill_and_opens_one_door() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.migrate();
    let issue = [
        "partner",
        "code",
        "issue",
        "--app",
        "cards",
        "--customer",
        "Brackwater",
    ];
    let (code, other) = (partner.json(&issue), partner.json(&issue));
    let served = partner.serve().await;
    let revoked = other["id"].as_str().unwrap();
    partner.json(&["partner", "code", "revoke", revoked]);
    let said = partner.refusal(&["partner", "code", "revoke", revoked]);
    assert!(said.contains("waits to be used"), "{said}");

    let visitor = Visitor::new(&house);
    let harbor = (app(&house, "Harbor"), "cards");
    let link = partner
        .link(&house, harbor, house.company("Brackwater"))
        .await;
    let page = partner.open(&visitor, &link).await;
    assert!(
        page.body.contains("Test</span>"),
        "the app is one for tests: {}",
        page.body
    );
    let enter = async |code: &serde_json::Value| {
        let page = visitor.get(&partner.url("/connect/cards")).await;
        let csrf = hidden(&page, "csrf");
        let fields = [
            ("csrf", csrf.as_str()),
            ("code", code["code"].as_str().unwrap()),
            ("terms", "yes"),
            ("privacy", "yes"),
        ];
        visitor
            .post(&partner.url("/connect/cards/code"), &fields)
            .await
    };
    assert_eq!(enter(&other).await.status, 422, "it was revoked");
    let served = killed(&partner, served).await;
    assert_eq!(
        enter(&code).await.header("location"),
        "/connect/cards/confirm"
    );
    let served = killed(&partner, served).await;
    let confirm = "/connect/cards/confirm";
    let next = partner.submit(&visitor, (confirm, confirm), &[]).await;
    assert_eq!(next, "/connect/cards/done");
    let codes = partner.json(&["partner", "code", "list"]);
    let state = |id: &serde_json::Value| {
        let mut all = codes.as_array().unwrap().iter();
        all.find(|code| code["id"] == *id).unwrap()["state"].clone()
    };
    assert_eq!(
        (state(&code["id"]), state(&other["id"])),
        ("used".into(), "revoked".into())
    );
    drop(served);
}

#[tokio::test]
async fn a_key_opens_one_app_until_it_is_revoked() {
    let house = House::start().await;
    let partner = Partner::new(&house).await;
    partner.migrate();
    let made = partner.json(&[
        "partner", "key", "create", "--app", "ledger", "--name", "books",
    ]);
    let _served = partner.serve().await;
    let key = made["key"].as_str().unwrap();
    let connections = |name: &str| format!("/v1/apps/{}/connections", app(&house, name).client_id);
    assert_eq!(partner.broker(key, &connections("Meridian")).await.0, 200);
    assert_eq!(partner.broker(key, &connections("Harbor")).await.0, 403);
    let listed = partner.json(&["partner", "key", "list", "--app", "ledger"]);
    assert_eq!(listed[0]["name"], "books");
    assert!(!listed.to_string().contains(key), "it was shown once");
    let id = made["id"].as_str().unwrap();
    partner.json(&["partner", "key", "revoke", "--app", "ledger", id]);
    partner
        .broker_refuses(key, &connections("Meridian"), 401)
        .await;
    let said = partner.refusal(&["partner", "key", "list", "--app", "books"]);
    assert!(said.contains("there are cards, ledger"), "{said}");
}

/// The one mail in the outbox, as it travels.
fn only_mail(partner: &Partner) -> Option<String> {
    let files = std::fs::read_dir(partner.path("outbox")).ok()?;
    let mails: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .collect();
    assert!(mails.len() <= 1, "told of twice: {mails:?}");
    std::fs::read_to_string(mails.first()?).ok()
}

/// A mail to this reader, as it travels.
fn mail_to(partner: &Partner, reader: &str) -> Option<String> {
    let files = std::fs::read_dir(partner.path("outbox")).ok()?;
    let mails = files.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok());
    mails.into_iter().find(|mail| mail.contains(reader))
}

async fn waited<T>(look: impl Fn() -> Option<T>) -> T {
    for _ in 0..400 {
        if let Some(found) = look() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it did not come");
}
