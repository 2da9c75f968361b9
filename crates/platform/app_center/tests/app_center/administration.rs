//! Authentication Administration: what its pages accept, show and refuse.

use http::StatusCode;
use protocol::AppId;
use store::audit::{self, Action, Actor};
use store::{Scope, app_secrets, customer_apps, scopes};

use crate::world::*;

const TOKENS: &str = "/administration/request-tokens";
const APPS: &str = "/administration/apps";

/// A world whose catalogue has scopes.
pub async fn world() -> World {
    let world = World::new().await;
    let mut tx = world.app.db.write().await.unwrap();
    for name in ["openid", "company.read"] {
        let scope = Scope {
            name: name.to_owned(),
            user_description: format!("What {name} opens"),
            user_description_self: format!("What {name} opens for you"),
            service: "x".to_owned(),
            fields: "x".to_owned(),
        };
        scopes::put(&mut tx, &scope).await.unwrap();
    }
    tx.commit().await.unwrap();
    world
}

const BRIDGE: [(&str, &str); 9] = [
    ("name", "Brackwater bridge"),
    ("description", "Books reports into the ledger"),
    ("stage", "Test"),
    ("application_type", "WS"),
    ("principal_type", "company"),
    ("grant_password", "yes"),
    ("grant_refresh_token", "yes"),
    ("scope_openid", "yes"),
    ("redirect_uris", ""),
];

/// Registers [`BRIDGE`]; returns its client id, its secret and its page.
pub async fn bridge(admin: &mut Browser) -> (AppId, String, String) {
    let page = format!("{APPS}/new");
    let made = admin.submit(&page, APPS, &BRIDGE).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let id = boxed(&made, "client_id");
    let href = format!("{APPS}/{id}");
    (id.parse().unwrap(), boxed(&made, "client_secret"), href)
}

/// The text of a code box.
fn boxed(answer: &Answer, id: &str) -> String {
    let begin = format!("<code id=\"{id}\" tabindex=\"0\">");
    let after = answer.body.split_once(&begin).expect("the box is there").1;
    after.split_once("</code>").unwrap().0.to_owned()
}

fn changed<'a>(change: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    let others = BRIDGE.into_iter().filter(|(name, _)| *name != change.0);
    others.chain([change]).collect()
}

#[tokio::test]
async fn the_menu_leads_administrators_to_the_tools_and_the_documented_addresses_do_too() {
    let world = world().await;
    let mut admin = world.signed_in(ADMIN).await;
    let catalogue = admin.get("/app-center").await;
    assert!(catalogue.body.contains("href=\"/administration\""));
    let home = admin.get("/administration").await;
    assert!(home.body.contains("Authentication Administration"));
    assert!(home.body.contains(TOKENS) && home.body.contains(APPS));
    for (documented, ours) in [
        ("/nui/authadmin/companytokens", TOKENS),
        ("/nui/ocstool", APPS),
    ] {
        assert_eq!(admin.get(documented).await.location(), ours);
    }
}

#[tokio::test]
async fn s01_an_employee_is_told_who_can_help_and_gets_nothing() {
    let world = world().await;
    let mut employee = world.signed_in(EMPLOYEE).await;
    let catalogue = employee.get("/app-center").await;
    assert!(!catalogue.body.contains("href=\"/administration\""));
    for page in ["/administration", TOKENS, APPS] {
        let refused = employee.get(page).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{page}");
        assert!(
            refused
                .body
                .contains("Maren Holloway (maren@brackwater.example)")
        );
        assert!(refused.body.contains("mailto:maren@brackwater.example"));
    }
    let app = LEDGER_APP.to_string();
    let posted = employee
        .submit("/app-center", TOKENS, &[("app_id", &app)])
        .await;
    assert_eq!(posted.status, StatusCode::FORBIDDEN);
    assert_eq!(world.rows("request_tokens").await, 0);
    let posted = employee.submit("/app-center", APPS, &BRIDGE).await;
    assert_eq!(posted.status, StatusCode::FORBIDDEN);
    assert_eq!(world.rows("customer_apps").await, 0);
}

#[tokio::test]
async fn oa_73_s07_a_token_stands_in_one_answer_alone() {
    let world = world().await;
    let mut admin = world.signed_in(ADMIN).await;
    let form = admin.get(TOKENS).await;
    assert!(
        form.body
            .contains("Company Request Tokens for Brackwater Instruments")
    );
    assert!(
        form.body
            .contains("curl http://127.0.0.1:1/oauth2/v0/token")
    );
    assert!(form.body.contains("&quot;geolocation&quot;") || form.body.contains("geolocation"));
    let app = format!(" {LEDGER_APP} ");
    let made = admin.submit(TOKENS, TOKENS, &[("app_id", &app)]).await;
    assert_eq!(made.status, StatusCode::OK);
    assert_eq!(made.header("cache-control"), "no-store");
    assert!(made.headers.get("set-cookie").is_none());
    assert!(
        made.body
            .contains("Company Request Token Successfully Created.")
    );
    assert_eq!(boxed(&made, "company_uuid"), COMPANY.to_string());
    let token = boxed(&made, "company_request_token");
    assert!(token.starts_with("at-"));
    assert!(made.body.contains(&format!("client_id={LEDGER_APP}")));
    assert_eq!(made.body.matches(&token).count(), 1);
    // Asked for again, the page has no token; sent again, there is another.
    let again = admin.get(TOKENS).await;
    assert!(!again.body.contains(&token) && !again.body.contains("Successfully"));
    assert!(again.body.contains("Created here lately"));
    assert_eq!(world.rows("request_tokens").await, 1);
    let second = admin.submit(TOKENS, TOKENS, &[("app_id", &app)]).await;
    assert_ne!(boxed(&second, "company_request_token"), token);
    assert_eq!(world.rows("request_tokens").await, 2);

    let mut tx = world.app.db.read().await.unwrap();
    let told = audit::newest(&mut tx, COMPANY, Action::RequestTokenMinted, 9).await;
    let told = told.unwrap();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].actor, Actor::User(ADMIN_ID));
    assert_eq!(told[0].app, Some(LEDGER_APP));
}

#[tokio::test]
async fn oa_74_what_the_exchange_would_refuse_is_said_at_the_field() {
    let world = world().await;
    let mut admin = world.signed_in(ADMIN).await;
    let (own, _, href) = bridge(&mut admin).await;
    let off = admin
        .submit(
            "/administration",
            &format!("{href}/switch"),
            &[("enabled", "no")],
        )
        .await;
    assert_eq!(off.status, StatusCode::SEE_OTHER);
    let without = changed(("name", "Reads only"));
    let without: Vec<_> = without
        .into_iter()
        .filter(|(name, _)| *name != "grant_password")
        .collect();
    let made = admin.submit("/administration", APPS, &without).await;
    let without = boxed(&made, "client_id");
    for (app_id, told) in [
        ("", "Enter the App ID"),
        ("meridian", "This is not a whole App ID"),
        (
            "8568a4cd-8ffc-49d6-9417-be2d69aa075f",
            "There is no app with this App ID",
        ),
        (
            &PRIVATE_APP.to_string(),
            "Brackwater Instruments is not among the companies",
        ),
        (&own.to_string(), "Brackwater bridge is switched off"),
        (
            &RIDES_APP.to_string(),
            "Pedalpath connects people, not companies",
        ),
        (&without, "Reads only lacks the grant password"),
    ] {
        let refused = admin.submit(TOKENS, TOKENS, &[("app_id", app_id)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{app_id}");
        assert!(refused.body.contains(told), "{app_id}: {}", refused.body);
        assert!(refused.body.contains("id=\"app_id-error\""));
        assert!(
            !refused.body.contains("House Bridge"),
            "another company's app has no name here"
        );
    }
    assert_eq!(world.rows("request_tokens").await, 0);
}

#[tokio::test]
async fn an_app_is_registered_for_its_company_alone_and_its_secret_is_shown_once() {
    let world = world().await;
    let mut admin = world.signed_in(ADMIN).await;
    let empty = admin.get(APPS).await;
    assert!(empty.body.contains("No apps yet"));
    let form = admin.get(&format!("{APPS}/new")).await;
    assert!(
        form.body
            .contains("name=\"grant_refresh_token\" value=\"yes\" checked")
    );
    assert!(
        form.body
            .contains("name=\"scope_openid\" value=\"yes\" checked")
    );
    assert!(form.body.contains("What company.read opens"));

    let (id, secret, href) = bridge(&mut admin).await;
    for page in [APPS.to_owned(), href.clone(), format!("{href}/secrets")] {
        let page = admin.get(&page).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains(&secret));
    }
    let details = admin.get(&href).await;
    for fact in [
        "Brackwater Instruments alone",
        "Test",
        "Enabled",
        "1 secret, 1 active",
    ] {
        assert!(details.body.contains(fact), "{fact}");
    }
    let mut tx = world.app.db.read().await.unwrap();
    let own = customer_apps::find(&mut tx, COMPANY, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(own.app.allowed_principal, Some(COMPANY));
    let hash = world.app.client_secret_hash(&secret);
    assert!(app_secrets::is_active(&mut tx, id, &hash).await.unwrap());
    drop(tx);
    // A form that is sent again makes no second app.
    let again = admin.submit(APPS, APPS, &BRIDGE).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        again
            .body
            .contains("The company has an app called Brackwater bridge already.")
    );
    assert_eq!(world.rows("customer_apps").await, 1);
}

#[tokio::test]
async fn what_is_wrong_with_an_app_stands_at_its_field() {
    let world = world().await;
    let mut admin = world.signed_in(ADMIN).await;
    let page = format!("{APPS}/new");
    let nothing = admin.submit(&page, APPS, &[]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        nothing.body.contains("4 fields need attention"),
        "{}",
        nothing.body
    );
    for (change, field) in [
        (("grant_authorization_code", "yes"), "redirect_uris"),
        (("grant_otp", "yes"), "principal_types"),
        (
            ("redirect_uris", "http://elsewhere.example/"),
            "redirect_uris",
        ),
        (("description", " "), "description"),
    ] {
        let refused = admin.submit(&page, APPS, &changed(change)).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{change:?}"
        );
        assert!(
            refused.body.contains(&format!("id=\"{field}-error\"")),
            "{change:?}"
        );
        assert!(
            refused.body.contains("value=\"Brackwater bridge\""),
            "what was typed stays"
        );
    }
    // What the page does not offer is not given.
    let made_up = admin
        .submit(&page, APPS, &changed(("scope_everything", "yes")))
        .await;
    assert_eq!(made_up.status, StatusCode::OK);
    let mut tx = world.app.db.read().await.unwrap();
    let all = customer_apps::all(&mut tx, COMPANY).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].app.scopes.to_string(), "openid");
}

#[tokio::test]
async fn the_list_is_sorted_by_last_change_and_can_be_searched_and_paged() {
    let world = world().await;
    let mut admin = world.signed_in(ADMIN).await;
    let (first, _, href) = bridge(&mut admin).await;
    for number in 1..=30 {
        world.app.clock.advance(protocol::MINUTE / 3);
        let name = format!("Zeta {number:02}");
        let made = admin.submit(APPS, APPS, &changed(("name", &name))).await;
        assert_eq!(made.status, StatusCode::OK);
    }
    let list = admin.get(APPS).await;
    assert!(list.body.contains("1 – 24 of 31"));
    assert!(list.body.contains("aria-sort=\"descending\""));
    assert!(list.body.contains("Zeta 30") && !list.body.contains("Brackwater bridge"));
    let second = admin.get(&format!("{APPS}?page=2")).await;
    assert!(second.body.contains("Brackwater bridge"));
    let by_name = admin.get(&format!("{APPS}?sort=name")).await;
    assert!(by_name.body.contains("Brackwater bridge") && !by_name.body.contains("Zeta 30"));
    let turned = admin
        .get(&format!("{APPS}?sort=name&order=descending"))
        .await;
    assert!(!turned.body.contains("Brackwater bridge"));
    let found = admin.get(&format!("{APPS}?q=BRIDGE")).await;
    assert!(found.body.contains("Brackwater bridge") && !found.body.contains("Zeta"));
    let found = admin.get(&format!("{APPS}?q={first}")).await;
    assert!(found.body.contains("Brackwater bridge"));
    let none = admin.get(&format!("{APPS}?q=nothing")).await;
    assert!(none.body.contains("No app matches"));

    // Changed, it comes first.
    world.app.clock.advance(protocol::MINUTE);
    let edit = format!("{href}/edit");
    let described = changed(("description", "Books invoices as well"));
    let saved = admin.submit(&edit, &edit, &described).await;
    assert_eq!(saved.location(), format!("{href}?notice=app_saved"));
    assert!(
        admin
            .get(APPS)
            .await
            .body
            .contains("Books invoices as well")
    );
}

#[tokio::test]
async fn s14_secrets_change_by_the_rules_of_the_api() {
    let world = world().await;
    let mut admin = world.signed_in(ADMIN).await;
    let (id, first, href) = bridge(&mut admin).await;
    let list = format!("{href}/secrets");
    let good = async |secret: &str| {
        let mut tx = world.app.db.read().await.unwrap();
        let hash = world.app.client_secret_hash(secret);
        app_secrets::is_active(&mut tx, id, &hash).await.unwrap()
    };
    let made = admin.submit(&list, &list, &[]).await;
    let second = boxed(&made, "client_secret");
    assert_eq!(made.header("cache-control"), "no-store");
    assert!(good(&first).await && !good(&second).await);
    assert!(!admin.get(&list).await.body.contains(&second));
    let mut tx = world.app.db.read().await.unwrap();
    let all = app_secrets::all(&mut tx, id).await.unwrap();
    drop(tx);
    let of = |active: bool| {
        let record = all.iter().find(|record| record.active == active).unwrap();
        format!("{list}/{}", record.id)
    };
    let (old, new) = (of(true), of(false));
    let does = |action: &'static str| [("action", action)];

    let last = admin.submit(&old, &old, &does("deactivate")).await;
    assert_eq!(last.status, StatusCode::CONFLICT);
    assert!(last.body.contains("last active secret"));
    let active = admin.submit(&new, &new, &does("activate")).await;
    assert_eq!(active.location(), format!("{list}?notice=secret_activated"));
    assert!(good(&first).await && good(&second).await);
    let early = admin.submit(&old, &old, &does("delete")).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    assert!(early.body.contains("deactivate it first"));
    admin.submit(&old, &old, &does("deactivate")).await;
    assert!(!good(&first).await && good(&second).await);
    let gone = admin.submit(&old, &old, &does("delete")).await;
    assert_eq!(gone.location(), format!("{list}?notice=secret_deleted"));
    let unknown = admin.submit(&list, &old, &does("delete")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    for _ in 1..10 {
        assert_eq!(admin.submit(&list, &list, &[]).await.status, StatusCode::OK);
    }
    let full = admin.submit(&list, &list, &[]).await;
    assert_eq!(full.status, StatusCode::CONFLICT);
    assert!(full.body.contains("ten secrets"));
}

#[tokio::test]
async fn s35_another_companys_administrator_finds_none_of_it() {
    let world = world().await;
    let mut admin = world.signed_in(ADMIN).await;
    let (id, _, href) = bridge(&mut admin).await;
    let mut stranger = world.signed_in(STRANGER).await;
    assert!(stranger.get(APPS).await.body.contains("No apps yet"));
    let mut tx = world.app.db.read().await.unwrap();
    let secret = app_secrets::all(&mut tx, id).await.unwrap().remove(0).id;
    drop(tx);
    let (before, apps) = (
        world.rows("audit_events").await,
        world.rows("app_secrets").await,
    );
    let partners = format!("{APPS}/{LEDGER_APP}");
    for app in [
        &href,
        &partners,
        &format!("{APPS}/{PRIVATE_APP}"),
        &format!("{APPS}/x"),
    ] {
        for page in [
            "",
            "/edit",
            "/switch",
            "/secrets",
            &format!("/secrets/{secret}"),
        ] {
            let answer = stranger.get(&format!("{app}{page}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "GET {app}{page}");
            assert!(!answer.body.contains("Brackwater bridge"));
        }
        for (page, fields) in [
            ("/edit", &BRIDGE[..]),
            ("/switch", &[("enabled", "no")]),
            ("/secrets", &[]),
            (&format!("/secrets/{secret}"), &[("action", "deactivate")]),
            (&format!("/secrets/{secret}"), &[("action", "delete")]),
        ] {
            let answer = stranger
                .submit("/app-center", &format!("{app}{page}"), fields)
                .await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "POST {app}{page}");
        }
    }
    assert_eq!(
        world.rows("audit_events").await,
        before,
        "nothing was changed"
    );
    assert_eq!(world.rows("app_secrets").await, apps);
    // The company's own administrator does not find a partner's app here either.
    assert_eq!(admin.get(&partners).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn s34_forms_without_their_hidden_field_change_nothing() {
    let world = world().await;
    let mut admin = world.signed_in(ADMIN).await;
    let (id, _, href) = bridge(&mut admin).await;
    let before = world.rows("audit_events").await;
    let id = id.to_string();
    for (page, fields) in [
        (TOKENS.to_owned(), vec![("app_id", id.as_str())]),
        (APPS.to_owned(), changed(("name", "Another"))),
        (format!("{href}/edit"), BRIDGE.to_vec()),
        (format!("{href}/switch"), vec![("enabled", "no")]),
        (format!("{href}/secrets"), vec![]),
        (format!("{href}/secrets/{id}"), vec![("action", "delete")]),
    ] {
        let answer = admin.post(&page, &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{page}");
    }
    assert_eq!(world.rows("audit_events").await, before);
}
