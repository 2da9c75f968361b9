//! What staff change in the console: keys, customers, and the log of it all.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod stage;

use std::time::Duration;

use http::{Method, StatusCode};
use stage::{CARDS, COMPANY, LEDGER, Stage};
use vault::{Action, Actor, AuditEntry, AuditFilter, NewInquiry};

async fn log(stage: &Stage) -> Vec<AuditEntry> {
    let filter = AuditFilter {
        limit: 1_000,
        ..AuditFilter::default()
    };
    stage.vault.audit_log(&filter).await.unwrap().0
}

#[tokio::test]
async fn s34_a_form_of_the_console_without_its_session_changes_nothing() {
    let stage = Stage::set().await;
    stage.connect().await;
    let connection = stage.connection().await.id.to_string();
    let key = stage
        .vault
        .issue_api_key(CARDS, "erp", "test")
        .await
        .unwrap();
    let mut staff = stage.staff().await;
    let before = log(&stage).await.len();
    let routes = landing_page::routes();
    let posts = routes.endpoints().iter().filter(|endpoint| {
        endpoint.method == Method::POST
            && endpoint.path.starts_with("/console/")
            && endpoint.path != "/console/sign-in"
    });
    let mut tried = 0;
    for endpoint in posts {
        let path = match endpoint.path {
            path if path.contains("/keys/") => path
                .replace("{id}", "cards")
                .replace("{key}", &key.id.to_string()),
            path => path.replace("{id}", &connection),
        };
        let fields = "typed=124d13&app=cards&label=x&name=x&days=3&answered=yes";
        for csrf in ["", "csrf=guess&"] {
            let refused = staff.send("POST", &path, format!("{csrf}{fields}")).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        }
        let stranger = stage.browser().send("POST", &path, fields.into()).await;
        stranger.leads_to("/console/sign-in");
        tried += 1;
    }
    assert!(tried >= 9, "{tried}");
    assert_eq!(log(&stage).await.len(), before);
    assert_eq!(stage.platform.lock().unwrap().revocations, 0);
}

#[tokio::test]
async fn s36_every_change_of_staff_is_in_the_log_with_its_request() {
    let stage = Stage::set().await;
    stage.connect().await;
    let inquiry = NewInquiry {
        id: uuid::Uuid::from_u128(7),
        app: CARDS,
        name: "Tobias".into(),
        email: "t@brackwater.example".into(),
        company_name: "Brackwater".into(),
        message: "A code please".into(),
    };
    stage.vault.add_inquiry(inquiry).await.unwrap();
    // The code of the connection was issued before: the log shows the newest first.
    stage.clock.advance(Duration::from_secs(1));
    let inquiry = stage.vault.inquiries(true, (0, 1)).await.unwrap()[0].id;
    let connection = format!("/console/connections/{}", stage.connection().await.id);
    let mut staff = stage.staff().await;
    let mut expected = vec![(Action::SignedIn, None)];

    let page = staff.get("/console/codes").await;
    let code = [("app", "cards"), ("label", "Brackwater"), ("days", "10")];
    let done = staff.submit(&page, "/console/codes", &code).await;
    expected.push((Action::CodeIssued, Some(done.correlation_id.clone())));
    let code = done.location.replace("/console/codes/", "");
    let page = staff.get("/console/codes").await;
    let action = format!("/console/codes/{code}/revoke");
    let done = staff.submit(&page, &action, &[]).await;
    expected.push((Action::CodeRevoked, Some(done.correlation_id)));

    let page = staff.get("/console/keys").await;
    let key = [("app", "cards"), ("name", "Nightly export")];
    let done = staff.submit(&page, "/console/keys", &key).await;
    expected.push((Action::ApiKeyIssued, Some(done.correlation_id.clone())));
    let key = done.location.replace("/console/keys/", "");
    let action = format!("/console/keys/cards/{key}/revoke");
    let page = staff.get(&action).await;
    let done = staff.submit(&page, &action, &[]).await;
    expected.push((Action::ApiKeyRevoked, Some(done.correlation_id)));

    let action = format!("/console/inquiries/{inquiry}");
    let page = staff.get("/console/inquiries").await;
    page.says("class=\"count\">1<");
    let done = staff.submit(&page, &action, &[("answered", "yes")]).await;
    expected.push((Action::InquiryAnswered, Some(done.correlation_id)));
    let page = staff.get("/console/inquiries?state=answered").await;
    let done = staff.submit(&page, &action, &[]).await;
    expected.push((Action::InquiryReopened, Some(done.correlation_id)));

    let page = staff.get(&connection).await;
    let export = format!("{connection}/export");
    let done = staff.submit(&page, &export, &[]).await;
    done.says("\"company\": \"d5ffead2-0555-4abc-b5f0-734ccd124d13\"");
    expected.push((Action::Exported, Some(done.correlation_id)));
    let action = format!("{connection}/disconnect");
    let page = staff.get(&action).await;
    let done = staff.submit(&page, &action, &[]).await;
    expected.push((Action::DisconnectAsked, Some(done.correlation_id.clone())));
    expected.push((Action::Disconnected, Some(done.correlation_id)));
    let action = format!("{connection}/delete");
    let page = staff.get(&action).await;
    let done = staff.submit(&page, &action, &[("typed", "124D13")]).await;
    done.leads_to("/console/connections");
    expected.push((Action::DeletionAsked, Some(done.correlation_id.clone())));
    expected.push((Action::Deleted, Some(done.correlation_id)));
    let page = staff.get("/console/audit").await;
    staff.submit(&page, "/console/sign-out", &[]).await;
    expected.push((Action::SignedOut, None));

    let entries = log(&stage).await;
    for (action, correlation) in expected {
        let entry = entries.iter().find(|entry| entry.action == action);
        let entry = entry.unwrap_or_else(|| panic!("{action:?} is not in the log"));
        assert_eq!(entry.actor, Actor::Staff("ruth@partner.example".into()));
        if let Some(correlation) = correlation {
            assert_eq!(entry.correlation_id, correlation, "{action:?}");
        }
    }
    page.says("Customer deleted").says("…124d13");
    assert!(!page.html.contains("Brackwater"), "the log holds no names");
}

#[tokio::test]
async fn the_log_is_filtered_in_the_console() {
    let stage = Stage::set().await;
    stage.connect().await;
    let mut staff = stage.staff().await;
    let page = staff.get("/console/audit?who=customer").await;
    page.says("1 – 1 of 1").says("The customer");
    let page = staff.get("/console/audit?who=staff&action=connected").await;
    page.says("No entry fits");
    let page = staff.get("/console/audit?app=ledger").await;
    page.says("No entry fits");
    let page = staff.get("/console/audit?app=cards&q=124D13").await;
    page.says("Connected").says("1 – 1 of 1");
}

#[tokio::test]
async fn a_correlation_id_is_shown_by_its_end_and_leads_to_its_request() {
    let stage = Stage::set().await;
    stage.connect().await;
    let entries = log(&stage).await;
    let entry = entries
        .iter()
        .find(|entry| entry.action == Action::Connected);
    let id = entry.unwrap().correlation_id.clone();
    let mut staff = stage.staff().await;
    let request = format!("/console/audit?q={id}");
    let page = staff.get("/console/audit?who=customer").await;
    let (_, tail) = id.split_at(30);
    page.says(&format!("href=\"{request}\" title=\"{id}\">…{tail}</a>"));
    let page = staff.get(&request).await;
    page.says("1 – 1 of 1").says("Connected");
}

#[tokio::test]
async fn a_key_is_shown_once_opens_the_broker_and_is_revoked() {
    let stage = Stage::set().await;
    let mut staff = stage.staff().await;
    let page = staff.get("/console/keys").await;
    let wrong = staff.submit(&page, "/console/keys", &[]).await;
    wrong
        .says("<title>Error: ")
        .says("href=\"#app\"")
        .says("href=\"#name\"");
    let key = [("app", "cards"), ("name", "Nightly export")];
    let made = staff.submit(&page, "/console/keys", &key).await;
    let shown = staff.get(&made.location).await;
    shown.says("The key for Nightly export");
    let (_, rest) = shown.html.split_once("tabindex=\"0\">qcb_").unwrap();
    let key = format!("qcb_{}", rest.split_once('<').unwrap().0);
    staff.get(&made.location).await.leads_to("/console/keys");
    let list = staff.get("/console/keys").await;
    list.says("never").says("Active");
    assert!(!list.html.contains("qcb_"));
    assert_eq!(stage.vault.app_of_api_key(&key).await.unwrap(), Some(CARDS));
    staff.get("/console/keys").await.says("just now");

    let id = made.location.replace("/console/keys/", "");
    let elsewhere = format!("/console/keys/ledger/{id}/revoke");
    assert_eq!(staff.get(&elsewhere).await.status, StatusCode::NOT_FOUND);
    let action = format!("/console/keys/cards/{id}/revoke");
    let page = staff.get(&action).await;
    page.says("Programs that use this key are refused");
    let body = page.with_csrf("");
    let refused = staff.send("POST", &elsewhere, body).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert_eq!(stage.vault.app_of_api_key(&key).await.unwrap(), Some(CARDS));
    staff
        .submit(&page, &action, &[])
        .await
        .leads_to("/console/keys");
    staff.get("/console/keys").await.says("Revoked");
    assert_eq!(stage.vault.app_of_api_key(&key).await.unwrap(), None);
    assert!(stage.vault.api_keys(LEDGER).await.unwrap().is_empty());
}

#[tokio::test]
async fn s54_a_customer_is_deleted_only_when_its_id_is_typed() {
    let stage = Stage::set().await;
    stage.connect().await;
    let company = COMPANY.parse().unwrap();
    let action = format!(
        "/console/connections/{}/delete",
        stage.connection().await.id
    );
    let mut staff = stage.staff().await;
    let page = staff.get(&action).await;
    let refused = staff.submit(&page, &action, &[("typed", "124d1")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused
        .says("<title>Error: ")
        .says("not the last six characters");
    let kept = stage.vault.connection_of(CARDS, company).await.unwrap();
    assert!(kept.is_some());
    let done = staff.submit(&page, &action, &[("typed", " 124D13 ")]).await;
    done.leads_to("/console/connections");
    assert_eq!(stage.platform.lock().unwrap().revocations, 1);
    let kept = stage.vault.connection_of(CARDS, company).await.unwrap();
    assert!(kept.is_none());
}

#[tokio::test]
async fn a_lost_connection_shows_where_the_customer_connects_again() {
    let stage = Stage::set().await;
    stage.connect().await;
    stage.clock.advance(protocol::DAY);
    stage.refuse(108);
    stage.partner.broker().keep_once().await.unwrap();
    let mut staff = stage.staff().await;
    let id = stage.connection().await.id;
    let page = staff.get(&format!("/console/connections/{id}")).await;
    page.says("The customer must reconnect")
        .says("https://platform.example/listings/cards")
        .says("Refused by the platform")
        .says("The vault");
    assert!(!page.html.contains("Next refresh"));
}
