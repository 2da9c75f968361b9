//! A company's own app (reference §3.9), from its registration to its end.

use sandbox::AppFacts;
use testkit::{House, Visitor, boxed};
use web::Access;

const APPS: &str = "/administration/apps";

/// Registers an app in the pages.
async fn register(visitor: &Visitor<'_>, name: &str) -> AppFacts {
    let fields = [
        ("name", name),
        ("description", "Books reports into the ledger"),
        ("stage", "Production"),
        ("application_type", "WS"),
        ("principal_type", "company"),
        ("grant_password", "yes"),
        ("grant_refresh_token", "yes"),
        ("grant_client_credentials", "yes"),
        ("scope_openid", "yes"),
        ("scope_company.read", "yes"),
    ];
    let page = visitor.submit(APPS, &fields).await;
    assert_eq!(page.status, 200, "{}", page.body);
    AppFacts {
        client_id: boxed(&page, "client_id").parse().unwrap(),
        client_secret: boxed(&page, "client_secret"),
        name: name.to_owned(),
        listing_type: "enterprise".to_owned(),
        call_to_action: None,
        connect_uri: String::new(),
        listing: String::new(),
        scopes: Vec::new(),
        redirect_uris: Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_companys_own_app_connects_works_is_disabled_and_disconnected() {
    let house = House::start().await;
    let company = house.company("Brackwater");
    let visitor = Visitor::signed_in(&house, house.admin(company)).await;
    let app = register(&visitor, "Brackwater bridge").await;
    let page = format!("{APPS}/{}", app.client_id);
    assert_eq!(house.app_token("us2", &app).await.status, 200);

    let tool = "/administration/request-tokens";
    let made = visitor
        .submit(tool, &[("app_id", &app.client_id.to_string())])
        .await;
    let mut connect = house.request_token(company, &app).await;
    connect.request_token = boxed(&made, "company_request_token");
    let granted = house.exchange(&app, &connect).await;
    assert_eq!(granted.status, 200, "{}", granted.body);
    assert_eq!(granted.text("scope"), "company.read openid");
    let access = granted.text("access_token");
    assert_eq!(
        house.get("us2", "/profile/v1/me", &access).await.status,
        200
    );

    let connections = visitor.get("/app-center/connections").await;
    let own_page = format!("/app-center/connections/{}", app.client_id);
    assert!(connections.body.contains("Brackwater bridge"));
    assert!(connections.body.contains(&own_page));
    let catalogue = visitor.get("/app-center").await;
    assert!(!catalogue.body.contains("Brackwater bridge"));

    let refresh = granted.text("refresh_token");
    let switch = format!("{page}/switch");
    visitor.submit(&switch, &[("enabled", "no")]).await;
    assert_eq!(house.refresh("us2", &app, &refresh).await.code(), 59);
    assert_eq!(
        house.get("us2", "/profile/v1/me", &access).await.status,
        401
    );
    visitor.submit(&switch, &[("enabled", "yes")]).await;
    assert_eq!(house.refresh("us2", &app, &refresh).await.status, 200);

    let ended = visitor.submit(&format!("{own_page}/disconnect"), &[]).await;
    assert_eq!(ended.status, 303);
    assert_eq!(house.refresh("us2", &app, &refresh).await.code(), 108);
}

#[tokio::test(flavor = "multi_thread")]
async fn s14_secrets_are_rotated_in_the_pages_while_refreshes_go_on() {
    let house = House::start().await;
    let company = house.company("Brackwater");
    let visitor = Visitor::signed_in(&house, house.admin(company)).await;
    let old = register(&visitor, "Brackwater bridge").await;
    let connect = house.request_token(company, &old).await;
    let refresh = house.exchange(&old, &connect).await.text("refresh_token");
    let works = async |app: &AppFacts| {
        let answer = house.refresh("us2", app, &refresh).await;
        answer.status == 200 || {
            assert_eq!(answer.code(), 64, "{}", answer.body);
            false
        }
    };
    let secrets = format!("{APPS}/{}/secrets", old.client_id);
    let made = visitor.submit(&secrets, &[]).await;
    let new = AppFacts {
        client_secret: boxed(&made, "client_secret"),
        ..old.clone()
    };
    assert!(works(&old).await && !works(&new).await);
    let page = |active: bool| {
        let house = &house;
        let secrets = &secrets;
        let client = old.client_id;
        async move {
            let mut tx = house.platform.db.read().await.unwrap();
            let all = store::app_secrets::all(&mut tx, client).await.unwrap();
            let one = all.iter().find(|secret| secret.active == active).unwrap();
            format!("{secrets}/{}", one.id)
        }
    };
    let (first, second) = (page(true).await, page(false).await);
    visitor.submit(&second, &[("action", "activate")]).await;
    assert!(works(&old).await && works(&new).await);
    visitor.submit(&first, &[("action", "deactivate")]).await;
    assert!(!works(&old).await && works(&new).await);
    let gone = visitor.submit(&first, &[("action", "delete")]).await;
    assert_eq!(gone.status, 303);
    assert!(works(&new).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_companys_own_app_gets_53_from_every_other_company() {
    let house = House::start().await;
    let (company, other) = (house.company("Brackwater"), house.company("Feldmann"));
    let visitor = Visitor::signed_in(&house, house.admin(company)).await;
    let app = register(&visitor, "Brackwater bridge").await;
    let stranger = Visitor::signed_in(&house, house.admin(other)).await;
    let tool = "/administration/request-tokens";
    let refused = stranger
        .submit(tool, &[("app_id", &app.client_id.to_string())])
        .await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("is not among the companies"));
    assert!(!refused.body.contains("Brackwater bridge"));
    // Made by an operator in spite of that, a token leads to 53.
    let connect = house.request_token(other, &app).await;
    assert_eq!(house.exchange(&app, &connect).await.code(), 53);
}

/// Every route of the tools, with the ids of what really is there.
#[tokio::test(flavor = "multi_thread")]
async fn s35_strangers_and_employees_get_nothing_on_any_route_of_the_tools() {
    let house = House::start().await;
    let (company, other) = (house.company("Brackwater"), house.company("Feldmann"));
    let admin = Visitor::signed_in(&house, house.admin(company)).await;
    let app = register(&admin, "Brackwater bridge").await;
    let mut tx = house.platform.db.read().await.unwrap();
    let all = store::app_secrets::all(&mut tx, app.client_id)
        .await
        .unwrap();
    drop(tx);
    let stranger = Visitor::signed_in(&house, house.admin(other)).await;
    let employee = Visitor::signed_in(&house, house.employee(company)).await;
    let before = house.now();
    for endpoint in app_center::routes().endpoints() {
        if endpoint.access != Access::Administrator {
            continue;
        }
        let path = endpoint
            .path
            .replace("{id}", &app.client_id.to_string())
            .replace("{secret}", &all[0].id.to_string());
        let what = format!("{} {path}", endpoint.method);
        let fields = [("enabled", "no"), ("action", "deactivate")];
        let (of_stranger, of_employee) = match endpoint.method {
            http::Method::GET => (stranger.get(&path).await, employee.get(&path).await),
            _ => (
                stranger.submit(&path, &fields).await,
                employee.submit(&path, &fields).await,
            ),
        };
        assert_eq!(of_employee.status, 403, "{what}");
        let own = !endpoint.path.contains("{id}");
        assert!(own || of_stranger.status == 404, "{what}");
        for answer in [of_stranger, of_employee] {
            assert!(!answer.body.contains(&app.name), "{what}");
        }
    }
    let mut tx = house.platform.db.read().await.unwrap();
    let told = store::audit_events::since(&mut tx, before).await.unwrap();
    let client = app.client_id.to_string();
    let registered = |event: &&store::audit_events::AuditRow| event.action == "app_registered";
    let of_app = told
        .iter()
        .filter(|event| event.client.as_deref() == Some(client.as_str()));
    assert_eq!(
        of_app.filter(|event| !registered(event)).count(),
        0,
        "nothing was changed"
    );
}
