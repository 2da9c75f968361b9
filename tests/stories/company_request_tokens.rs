//! The Company Request Token tool (reference §3.8), from the page to the company's data.

use protocol::{DAY, MINUTE, RequestTokenAnswer};
use testkit::{House, Visitor, boxed};

const TOOL: &str = "/administration/request-tokens";

#[tokio::test(flavor = "multi_thread")]
async fn oa_71_a_token_of_the_tool_becomes_a_connection_and_replaces_a_lost_one() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let admin = house.admin(company);
    let visitor = Visitor::signed_in(&house, admin).await;
    let create = async || {
        let page = visitor
            .submit(TOOL, &[("app_id", &app.client_id.to_string())])
            .await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert_eq!(page.header("cache-control"), "no-store");
        RequestTokenAnswer {
            id: boxed(&page, "company_uuid").parse().unwrap(),
            request_token: boxed(&page, "company_request_token"),
            user_id: admin.id,
        }
    };
    let token = create().await;
    assert_eq!(token.id, company.id.as_uuid());
    let granted = house.exchange(app, &token).await;
    assert_eq!(granted.status, 200, "{}", granted.body);
    let access = granted.text("access_token");
    assert_eq!(
        house.get("us2", "/profile/v1/me", &access).await.status,
        200
    );
    let connections = visitor.get("/app-center/connections").await;
    assert!(connections.body.contains(&app.name));

    // The partner lost its refresh token: a new request token brings it back (OA-71).
    let again = house.exchange(app, &create().await).await;
    assert_eq!(again.status, 200, "{}", again.body);
    assert_ne!(again.text("refresh_token"), granted.text("refresh_token"));

    // S09: 24 hours.
    let late = create().await;
    house.advance(DAY + MINUTE);
    assert_eq!(house.exchange(app, &late).await.code(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn s09_a_token_of_the_tool_is_good_for_its_app_alone() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let visitor = Visitor::signed_in(&house, house.admin(company)).await;
    let page = visitor
        .submit(TOOL, &[("app_id", &app.client_id.to_string())])
        .await;
    let token = RequestTokenAnswer {
        id: company.id.as_uuid(),
        request_token: boxed(&page, "company_request_token"),
        user_id: house.admin(company).id,
    };
    assert_eq!(
        house.exchange(house.app("Harbor"), &token).await.code(),
        136
    );
    let other = RequestTokenAnswer {
        id: house.company("Feldmann").id.as_uuid(),
        request_token: token.request_token.clone(),
        user_id: token.user_id,
    };
    assert_eq!(house.exchange(app, &other).await.code(), 5);
    assert_eq!(house.exchange(app, &token).await.status, 200);
}
