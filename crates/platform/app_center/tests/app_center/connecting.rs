use http::StatusCode;
use protocol::{Principal, TokenHash};
use store::{apps, request_tokens, terms_acceptances};

use crate::world::{
    ADMIN, ADMIN_ID, COMPANY, EMPLOYEE, EMPLOYEE_ID, LEDGER, LEDGER_APP, NOW, RIDES, RIDES_APP,
    World, parameter, path, status,
};

#[tokio::test]
async fn cf_13_an_administrator_is_handed_over_to_the_partner() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMIN).await;
    let answer = admin.agree(LEDGER).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(
        answer.header("cross-origin-opener-policy"),
        "same-origin-allow-popups"
    );
    let kept = format!("{}/connect?env=a%2Bb&x&id=", world.partner_origin);
    assert!(
        answer.location().starts_with(&kept),
        "{}",
        answer.location()
    );
    assert_eq!(parameter(&answer, "id"), Some(COMPANY.to_string()));
    assert_eq!(parameter(&answer, "userId"), Some(ADMIN_ID.to_string()));

    let token = parameter(&answer, "requestToken").unwrap();
    let mut tx = world.app.db.read().await.unwrap();
    let stored = request_tokens::find(&mut tx, TokenHash::of(&token))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.principal, Principal::Company(COMPANY));
    assert_eq!((stored.app, stored.user), (LEDGER_APP, ADMIN_ID));
    assert_eq!(stored.expires_at, NOW + protocol::DAY);
    let accepted = terms_acceptances::for_listing(&mut tx, COMPANY, LEDGER)
        .await
        .unwrap();
    let mut kinds: Vec<&str> = accepted.iter().map(|given| given.kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        [
            "company_authorization",
            "end_user_terms",
            "shared_information"
        ]
    );
    for given in &accepted {
        assert_eq!((given.user, given.accepted_at), (ADMIN_ID, NOW));
        assert_eq!(given.scopes_shown.to_string(), "openid EXPRPT");
    }
    drop(tx);
    assert_eq!(status(&mut admin, LEDGER).await, "pending");
    let page = admin.get(&path(LEDGER, "")).await;
    assert!(
        page.body
            .contains("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>")
    );
    assert!(
        !page.body.contains(&token),
        "s07: the page never holds the token"
    );
}

#[tokio::test]
async fn s01_an_employee_cannot_connect_whatever_the_page_showed() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMIN).await;
    let terms = admin.get(&path(LEDGER, "/terms")).await;
    let mut employee = world.signed_in(EMPLOYEE).await;
    let csrf = employee.get("/app-center").await.input("csrf").unwrap();
    let mut fields = vec![("csrf", csrf)];
    for name in [
        "end_user_terms",
        "shared_information",
        "company_authorization",
    ] {
        fields.push((name, terms.input(name).unwrap()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let answer = employee.post(&path(LEDGER, "/connect"), &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("Web Services Administration rights"));
    for table in ["request_tokens", "terms_acceptances", "connect_attempts"] {
        assert_eq!(world.rows(table).await, 0, "{table}");
    }
    let answer = employee
        .submit("/app-center", &path(LEDGER, "/disconnect"), &[])
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(employee.get(&path(LEDGER, "/disconnect")).await.status, 403);
}

#[tokio::test]
async fn ac_23_without_every_box_nothing_is_recorded() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMIN).await;
    let terms = admin.get(&path(LEDGER, "/terms")).await;
    let shared = terms.input("shared_information").unwrap();
    let answer = admin
        .submit(
            "/app-center",
            &path(LEDGER, "/connect"),
            &[
                ("shared_information", &shared),
                ("end_user_terms", "2020-01-01"),
            ],
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("2 fields need attention"));
    assert!(answer.body.contains("Error: Terms"));
    for table in ["request_tokens", "terms_acceptances", "connect_attempts"] {
        assert_eq!(world.rows(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn ac_22_the_second_time_only_shared_information_is_asked() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMIN).await;
    admin.agree(LEDGER).await;
    let terms = admin.get(&path(LEDGER, "/terms")).await;
    assert!(terms.input("shared_information").is_some());
    assert_eq!(terms.input("end_user_terms"), None);
    assert_eq!(terms.input("company_authorization"), None);
    assert_eq!(admin.agree(LEDGER).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.rows("terms_acceptances").await, 4);
}

#[tokio::test]
async fn a_user_connection_is_everybody_s_own() {
    let world = World::new().await;
    let mut employee = world.signed_in(EMPLOYEE).await;
    let terms = employee.get(&path(RIDES, "/terms")).await;
    assert_eq!(terms.input("company_authorization"), None);
    let answer = employee.agree(RIDES).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(parameter(&answer, "id"), Some(EMPLOYEE_ID.to_string()));
    assert_eq!(parameter(&answer, "userId"), None);
    world
        .connect(
            Principal::User(COMPANY, EMPLOYEE_ID),
            RIDES_APP,
            EMPLOYEE_ID,
        )
        .await;
    assert_eq!(status(&mut employee, RIDES).await, "connected");
    let mut admin = world.signed_in(ADMIN).await;
    assert_eq!(status(&mut admin, RIDES).await, "not_connected");
    let answer = employee
        .submit("/app-center", &path(RIDES, "/disconnect"), &[])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(status(&mut employee, RIDES).await, "not_connected");
}

#[tokio::test]
async fn an_unreachable_partner_is_handed_nothing() {
    let mut world = World::new().await;
    world.partner = None;
    let mut admin = world.signed_in(ADMIN).await;
    let answer = admin.agree(LEDGER).await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert!(answer.body.contains("Meridian Ledger could not be reached"));
    assert!(
        answer
            .body
            .contains("Nothing was connected and nothing was handed out")
    );
    assert_eq!(world.rows("request_tokens").await, 0);
    assert_eq!(world.rows("terms_acceptances").await, 0);
    assert_eq!(status(&mut admin, LEDGER).await, "unreachable");
    let page = admin.get(&path(LEDGER, "")).await;
    assert!(page.body.contains("could not be reached when you tried"));
}

#[tokio::test]
async fn an_app_that_is_switched_off_is_not_connected() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMIN).await;
    let mut tx = world.app.db.write().await.unwrap();
    apps::set_enabled(&mut tx, LEDGER_APP, false).await.unwrap();
    tx.commit().await.unwrap();
    let answer = admin.agree(LEDGER).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(world.rows("request_tokens").await, 0);
    let page = admin.get(&path(LEDGER, "")).await;
    assert!(page.body.contains("Not available"));
}

#[tokio::test]
async fn ac_26_boxes_ticked_for_other_scopes_do_not_count() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMIN).await;
    admin.agree(LEDGER).await;
    let ledger = admin.get(&path(LEDGER, "/terms")).await;
    let shared = ledger.input("shared_information").unwrap();
    // The catalogue describes a scope anew between the page and the click.
    let mut tx = world.app.db.write().await.unwrap();
    let scope = store::Scope {
        name: "EXPRPT".to_owned(),
        user_description: "Read and write every expense report".to_owned(),
        user_description_self: String::new(),
        service: String::new(),
        fields: String::new(),
    };
    store::scopes::put(&mut tx, &scope).await.unwrap();
    tx.commit().await.unwrap();
    let fields = [("shared_information", shared.as_str())];
    let answer = admin
        .submit("/app-center", &path(LEDGER, "/connect"), &fields)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("Read and write every expense report"));
}

#[tokio::test]
async fn s30_a_partner_on_a_private_address_is_not_contacted() {
    let world = World::new().await;
    let mut admin = world.signed_in(ADMIN).await;
    let mut tx = world.app.db.write().await.unwrap();
    let inside = "https://169.254.169.254/latest";
    apps::set_connect_uri(&mut tx, LEDGER_APP, inside)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(admin.agree(LEDGER).await.status, StatusCode::BAD_GATEWAY);
    assert_eq!(world.rows("request_tokens").await, 0);
}
