//! The table of all routes, with who may call each. A route that is not in it fails here, and so
//! does one whose guard lets the wrong person through.

use http::Method;
use testkit::House;
use web::{Access, Endpoint};

const API: &str = "
GET    Public        /oauth2/v0/authorize
GET    Public        /oauth2/v0/authorize/
POST   Public        /oauth2/v0/authorize
POST   Public        /oauth2/v0/authorize/
POST   Client        /oauth2/v0/token
POST   Client        /oauth2/v0/token/
POST   Client        /oauth2/v0/otp
POST   Client        /oauth2/v0/otp/
POST   Client        /oauth2/v0/introspect
POST   Client        /oauth2/v0/introspect/
POST   Client        /oauth2/v0/revoke
POST   Client        /oauth2/v0/revoke/
GET    Bearer        /oauth2/v0/userinfo
GET    Bearer        /oauth2/v0/userinfo/
POST   Bearer        /oauth2/v0/userinfo
POST   Bearer        /oauth2/v0/userinfo/
GET    Public        /oauth2/v0/jwks
GET    Public        /oauth2/v0/jwks/
GET    Public        /.well-known/oauth-authorization-server
GET    Public        /.well-known/openid-configuration
DELETE Bearer        /app-mgmt/v0/connections
DELETE Bearer        /app-mgmt/v0/connections/
GET    Bearer        /app-mgmt/v4/{id}/secrets
POST   Bearer        /app-mgmt/v4/{id}/secrets
PATCH  Bearer        /app-mgmt/v4/{id}/secrets/{secret}
DELETE Bearer        /app-mgmt/v4/{id}/secrets/{secret}
GET    Bearer        /profile/v1/me
GET    Bearer        /api/v3.0/expense/reports
GET    Bearer        /api/v3.0/expense/reports/{id}
GET    Public        /openapi.json
";

const APP_CENTER: &str = "
GET    Public        /
GET    Public        /app-center/help
GET    Public        /app-center/listing.js
GET    Public        /authorize
GET    Public        /legal/{kind}
GET    Public        /sign-in
GET    SignedIn      /app-center
GET    SignedIn      /app-center/connections
GET    SignedIn      /app-center/connections/{id}/disconnect
GET    SignedIn      /app-center/images/{id}/{name}
GET    SignedIn      /app-center/listings/{id}
GET    SignedIn      /app-center/listings/{id}/disconnect
GET    SignedIn      /app-center/listings/{id}/request-information
GET    SignedIn      /app-center/listings/{id}/request-information/thanks
GET    SignedIn      /app-center/listings/{id}/scopes
GET    SignedIn      /app-center/listings/{id}/status
GET    SignedIn      /app-center/listings/{id}/terms
POST   Public        /authorize/sign-in
GET    Administrator /administration
GET    Administrator /administration/apps
GET    Administrator /administration/apps/new
GET    Administrator /administration/apps/{id}
GET    Administrator /administration/apps/{id}/edit
GET    Administrator /administration/apps/{id}/secrets
GET    Administrator /administration/apps/{id}/secrets/{secret}
GET    Administrator /administration/apps/{id}/switch
GET    Administrator /administration/request-tokens
GET    SignedIn      /app-center/connections/{id}
GET    SignedIn      /confirm-password
GET    SignedIn      /nui/authadmin/companytokens
GET    SignedIn      /nui/ocstool
POST   Administrator /administration/apps
POST   Administrator /administration/apps/{id}/edit
POST   Administrator /administration/apps/{id}/secrets
POST   Administrator /administration/apps/{id}/secrets/{secret}
POST   Administrator /administration/apps/{id}/switch
POST   Administrator /administration/request-tokens
POST   SignedIn      /app-center/connections/{id}/disconnect
POST   SignedIn      /confirm-password
POST   Public        /sign-in
POST   SignedIn      /authorize
POST   SignedIn      /app-center/listings/{id}/cancel
POST   SignedIn      /app-center/listings/{id}/closed
POST   SignedIn      /app-center/listings/{id}/connect
POST   SignedIn      /app-center/listings/{id}/disconnect
POST   SignedIn      /app-center/listings/{id}/request-information
POST   SignedIn      /sign-out
";

const PARTNER: &str = "
GET    Flow          /connect/{slug}/code
GET    Flow          /connect/{slug}/confirm
GET    Flow          /connect/{slug}/done
GET    Flow          /connect/{slug}/refused
GET    Flow          /connect/{slug}/sign-in
GET    Flow          /connect/{slug}/sign-up
GET    Flow          /connect/{slug}/sign-up/company
GET    Flow          /connect/{slug}/sign-up/step/{number}
GET    Public        /
GET    Public        /connect/{slug}
GET    Public        /connect/{slug}/cancelled
GET    Public        /connect/{slug}/contact
GET    Public        /connect/{slug}/contact/thanks
GET    Public        /connect/{slug}/resume
GET    Public        /console/sign-in
GET    Public        /{slug}
GET    Public        /{slug}/brand.css
GET    Public        /{slug}/frame/{version}/{file}
GET    Public        /{slug}/logo.svg
GET    Public        /{slug}/{document}
GET    SignedIn      /console
GET    SignedIn      /console/activity
GET    SignedIn      /console/audit
GET    SignedIn      /console/codes
GET    SignedIn      /console/codes/{id}
GET    SignedIn      /console/connections
GET    SignedIn      /console/connections/{id}
GET    SignedIn      /console/connections/{id}/delete
GET    SignedIn      /console/connections/{id}/disconnect
GET    SignedIn      /console/expiries
GET    SignedIn      /console/inquiries
GET    SignedIn      /console/keys
GET    SignedIn      /console/keys/{id}
GET    SignedIn      /console/keys/{id}/{key}/revoke
POST   Flow          /connect/{slug}/cancel
POST   Flow          /connect/{slug}/code
POST   Flow          /connect/{slug}/confirm
POST   Flow          /connect/{slug}/sign-in
POST   Flow          /connect/{slug}/sign-up
POST   Flow          /connect/{slug}/sign-up/company
POST   Flow          /connect/{slug}/sign-up/step/{number}
POST   Public        /connect/{slug}/contact
POST   Public        /connect/{slug}/language
POST   Public        /connect/{slug}/resume
POST   Public        /console/sign-in
POST   SignedIn      /console/codes
POST   SignedIn      /console/codes/{id}/revoke
POST   SignedIn      /console/connections/{id}/delete
POST   SignedIn      /console/connections/{id}/disconnect
POST   SignedIn      /console/connections/{id}/export
POST   SignedIn      /console/inquiries/{id}
POST   SignedIn      /console/keys
POST   SignedIn      /console/keys/{id}/{key}/revoke
POST   SignedIn      /console/sign-out
";

const OUTBOX: &str = "
GET    Public        /
GET    Public        /mails/{name}
GET    Public        /mails/{name}/page
";

fn table(endpoints: &[Endpoint]) -> Vec<String> {
    let line = |endpoint: &Endpoint| {
        let (method, access) = (
            endpoint.method.to_string(),
            format!("{:?}", endpoint.access),
        );
        format!("{method:<6} {access:<13} {}", endpoint.path)
    };
    sorted(endpoints.iter().map(line))
}

fn sorted(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}

#[track_caller]
fn matches_its_table(endpoints: &[Endpoint], expected: &str) {
    let found = table(endpoints);
    let expected = sorted(expected.trim().lines().map(str::to_owned));
    let unlisted: Vec<_> = found
        .iter()
        .filter(|line| !expected.contains(line))
        .collect();
    let gone: Vec<_> = expected
        .iter()
        .filter(|line| !found.contains(line))
        .collect();
    assert!(
        unlisted.is_empty() && gone.is_empty(),
        "not in the table: {unlisted:#?}\nin the table, but not routed: {gone:#?}"
    );
}

/// What is the same on the origin of every data centre.
fn api() -> Vec<Endpoint> {
    node::api_endpoints()
}

#[test]
fn every_route_stands_in_its_table() {
    matches_its_table(&api(), API);
    matches_its_table(app_center::routes().endpoints(), APP_CENTER);
    matches_its_table(landing_page::routes().endpoints(), PARTNER);
    matches_its_table(sandbox::outbox::routes().endpoints(), OUTBOX);
}

/// Calls a route as nobody: without cookie, token, form or credentials.
async fn as_nobody(house: &House, origin: &str, endpoint: &Endpoint) -> testkit::Answer {
    let path = endpoint
        .path
        .replace("{id}", "000000000000000000000000")
        .replace("{secret}", "00000000-0000-4000-8000-000000000000")
        .replace("{key}", "00000000-0000-4000-8000-000000000000")
        .replace("{slug}", "meridian-ledger")
        .replace("{kind}", "end_user_terms")
        .replace("{document}", "terms")
        .replace("{number}", "1")
        .replace("{name}", "x");
    let mut request = house.request(endpoint.method.as_str(), &format!("{origin}{path}"));
    if endpoint.method == Method::POST {
        request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body("");
    }
    house.send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn s34_s35_nobody_gets_past_a_guard() {
    let house = House::start().await;
    for endpoint in &api() {
        let answer = as_nobody(&house, house.center("us2"), endpoint).await;
        let expected = match endpoint.access {
            Access::Bearer => 401,
            Access::Client => 400,
            // A page that says what the request lacks.
            Access::Public if endpoint.path.contains("/authorize") => 400,
            _ => 200,
        };
        assert_eq!(
            answer.status, expected,
            "{} {}",
            endpoint.method, endpoint.path
        );
    }
    let app_center = (house.facts.app_center.as_str(), app_center::routes());
    let partner = (house.facts.partner.as_str(), landing_page::routes());
    for (origin, endpoints) in [
        (app_center.0, app_center.1.endpoints()),
        (partner.0, partner.1.endpoints()),
    ] {
        for endpoint in endpoints {
            let answer = as_nobody(&house, origin, endpoint).await;
            let what = format!(
                "{} {} answered {}",
                endpoint.method, endpoint.path, answer.status
            );
            let sent_to_sign_in =
                answer.status == 303 && answer.header("location").contains("/sign-in");
            let refused = matches!(answer.status, 401 | 403);
            match endpoint.access {
                Access::SignedIn | Access::Administrator => {
                    assert!(sent_to_sign_in || refused, "{what}");
                }
                // Without a flow, a landing page explains where to start.
                Access::Flow => assert!(answer.status == 303 || answer.status >= 400, "{what}"),
                _ if endpoint.method == Method::POST => assert!(answer.status >= 400, "{what}"),
                _ => assert!(answer.status < 500, "{what}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s32_every_answer_of_every_route_carries_the_security_headers() {
    let house = House::start().await;
    let app_center = (house.facts.app_center.as_str(), app_center::routes());
    let partner = (house.facts.partner.as_str(), landing_page::routes());
    let api = (house.center("eu2"), api());
    for (origin, endpoints) in [
        (app_center.0, app_center.1.endpoints()),
        (partner.0, partner.1.endpoints()),
        (api.0, &api.1[..]),
    ] {
        for endpoint in endpoints {
            let answer = as_nobody(&house, origin, endpoint).await;
            let what = format!("{} {}", endpoint.method, endpoint.path);
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("default-src 'none'"), "{what}: {policy}");
            assert!(!policy.contains("unsafe"), "{what}: {policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{what}");
            assert!(
                !answer.header("cross-origin-opener-policy").is_empty(),
                "{what}"
            );
            assert!(!answer.header("cache-control").is_empty(), "{what}");
            assert!(!answer.header("concur-correlationid").is_empty(), "{what}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s34_posts_from_other_sites_are_refused() {
    let house = House::start().await;
    for origin in [&house.facts.app_center, &house.facts.partner] {
        let page = if origin == &house.facts.partner {
            "/console/sign-in"
        } else {
            "/sign-in"
        };
        for (name, value) in [
            ("origin", "http://evil.example"),
            ("sec-fetch-site", "cross-site"),
        ] {
            let request = house
                .request("POST", &origin.join(page))
                .header("content-type", "application/x-www-form-urlencoded")
                .header(name, value)
                .body("login=a&password=b");
            assert_eq!(house.send(request).await.status, 403, "{origin} {name}");
        }
    }
}
