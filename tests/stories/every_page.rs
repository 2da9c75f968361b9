//! Every page and every error page, as everybody sees it: its headers, its cookies, and that looking
//! at it changes nothing.

use std::collections::BTreeSet;

use http::Method;
use testkit::{Answer, House, Visitor, hidden};
use web::{Access, Endpoint};

use crate::rows::stored;

/// The headers of a page, and nothing beside them but what belongs to this one answer.
const STRICT: [(&str, &str); 8] = [
    ("cache-control", "no-store"),
    ("content-type", "text/html; charset=utf-8"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=()",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self'",
    ),
];

/// What an answer may carry besides.
const OWN: [&str; 11] = [
    "allow",
    "concur-correlationid",
    "connection",
    "content-language",
    "content-length",
    "date",
    "location",
    "retry-after",
    "set-cookie",
    "transfer-encoding",
    "vary",
];

/// Where a page differs from that: a form leads to the partner, and a window that is opened for a
/// connect flow is closed by whoever opened it (decision 0005).
const EXCEPTIONS: &str = "
GET /app-center/listings/{id}/terms: content-security-policy: … PARTNER
GET /app-center/listings/{id}/terms: cross-origin-opener-policy: same-origin-allow-popups
GET /app-center/listings/{id}: content-security-policy: … PARTNER
GET /app-center/listings/{id}: cross-origin-opener-policy: same-origin-allow-popups
GET /connect/{slug}/cancelled: cross-origin-opener-policy: unsafe-none
GET /connect/{slug}/contact/thanks: cross-origin-opener-policy: unsafe-none
GET /connect/{slug}/contact: cross-origin-opener-policy: unsafe-none
GET /connect/{slug}/resume: cross-origin-opener-policy: unsafe-none
GET /connect/{slug}: cross-origin-opener-policy: unsafe-none
POST /connect/{slug}/contact: cross-origin-opener-policy: unsafe-none
POST /connect/{slug}/language: cross-origin-opener-policy: unsafe-none
POST /connect/{slug}/resume: cross-origin-opener-policy: unsafe-none
";

struct Look<'a> {
    house: &'a House,
    /// Differences, each once.
    found: BTreeSet<String>,
    pages: usize,
}

impl Look<'_> {
    fn at(&mut self, what: &str, answer: &Answer) {
        cookies_are_strict(what, answer);
        if !answer.header("content-type").starts_with("text/html") {
            return;
        }
        self.pages += 1;
        let known = |name: &str| STRICT.iter().find(|(strict, _)| *strict == name);
        for (name, value) in &answer.headers {
            let (name, value) = (name.as_str(), value.to_str().unwrap());
            if known(name).is_none_or(|(_, strict)| *strict != value) && !OWN.contains(&name) {
                let value = self.named(value);
                self.found.insert(format!("{what}: {name}: {value}"));
            }
        }
        for (name, _) in STRICT {
            assert!(answer.headers.contains_key(name), "{what} lacks {name}");
        }
    }

    /// Origins by their names: the ports differ at every run.
    fn named(&self, value: &str) -> String {
        let facts = &self.house.facts;
        let (policy, _) = STRICT[7];
        let begin = STRICT.iter().find(|(name, _)| *name == policy).unwrap().1;
        value
            .replace(begin, "…")
            .replace(facts.partner.as_str(), "PARTNER")
            .replace(facts.app_center.as_str(), "APP_CENTER")
    }
}

/// S33: HttpOnly, for the whole site, not sent with other sites' requests. Over TLS they have more:
/// see `behind_a_proxy`.
fn cookies_are_strict(what: &str, answer: &Answer) {
    for line in answer.headers.get_all("set-cookie") {
        let (pair, attributes) = line.to_str().unwrap().split_once("; ").unwrap();
        let rest = attributes.split("; ");
        let rest: Vec<&str> = rest.filter(|part| !part.starts_with("Max-Age=")).collect();
        assert_eq!(
            rest,
            ["Path=/", "HttpOnly", "SameSite=Lax"],
            "{what}: {pair}"
        );
    }
}

/// An address of a route, with ids that there are.
fn path(house: &House, endpoint: &Endpoint) -> String {
    let app = house.app("Meridian");
    let listing = app.listing.rsplit('/').next().unwrap();
    let id = match endpoint.path.contains("/listings/") || endpoint.path.contains("/images/") {
        true => listing.to_owned(),
        false => app.client_id.to_string(),
    };
    let path = endpoint.path.replace("{id}", &id);
    path.replace("{secret}", "00000000-0000-4000-8000-000000000000")
        .replace("{slug}", "meridian-ledger")
        .replace("{kind}", "end_user_terms")
        .replace("{document}", "terms")
        .replace("{name}", "icon.svg")
}

/// Signs in to the partner's console.
pub async fn staff(house: &House) -> Visitor<'_> {
    let visitor = Visitor::new(house);
    console_sign_in(&visitor, house).await;
    visitor
}

async fn console_sign_in(visitor: &Visitor<'_>, house: &House) -> Answer {
    let place = house.facts.partner.join("/console/sign-in");
    let page = visitor.get(&place).await;
    let csrf = hidden(&page, "csrf");
    let fields = [
        ("email", sandbox::STAFF_EMAIL),
        ("password", sandbox::STAFF_PASSWORD),
        ("csrf", &csrf),
    ];
    let answer = visitor.post(&place, &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer
}

/// Everybody who looks at a site, with its address and its routes.
async fn everybody(house: &House) -> Vec<(&'static str, String, Visitor<'_>, Vec<Endpoint>)> {
    let company = house.company("Brackwater");
    let app_center = house.facts.app_center.as_str().to_owned();
    let partner = house.facts.partner.as_str().to_owned();
    let api = house.center("us2").to_owned();
    let signed_in = async |user| Visitor::signed_in(house, user).await;
    let of_app_center = || app_center::routes().endpoints().to_vec();
    let of_partner = || landing_page::routes().endpoints().to_vec();
    let nobody = || Visitor::new(house);
    vec![
        ("nobody", app_center.clone(), nobody(), of_app_center()),
        (
            "employee",
            app_center.clone(),
            signed_in(house.employee(company)).await,
            of_app_center(),
        ),
        (
            "administrator",
            app_center,
            signed_in(house.admin(company)).await,
            of_app_center(),
        ),
        ("nobody", partner.clone(), nobody(), of_partner()),
        ("staff", partner, staff(house).await, of_partner()),
        ("nobody", api, nobody(), node::api_endpoints()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn s32_s33_every_page_and_error_page_has_the_strict_headers_whoever_looks() {
    let house = House::start().await;
    let mut look = Look {
        house: &house,
        found: BTreeSet::new(),
        pages: 0,
    };
    for (who, origin, visitor, endpoints) in everybody(&house).await {
        for endpoint in &endpoints {
            let place = format!("{origin}{}", path(&house, endpoint));
            let what = format!("{} {}", endpoint.method, endpoint.path);
            // A sign-out would end what the others look at.
            let answer = match endpoint.method {
                Method::GET => visitor.get(&place).await,
                Method::POST => visitor.post(&place, &[("csrf", "wrong")]).await,
                _ => continue,
            };
            assert!(answer.status < 500, "{who}: {what}: {}", answer.body);
            look.at(&what, &answer);
        }
        // Errors that no handler has made.
        for (method, path, header) in [
            ("GET", "/nowhere/at/all", ("x-none", "")),
            ("PUT", "/", ("x-none", "")),
            ("GET", "/", ("host", "evil.example")),
            ("POST", "/sign-in", ("origin", "https://evil.example")),
            ("POST", "/sign-in", ("content-type", "text/plain")),
            ("GET", "/%ff%fe", ("x-none", "")),
        ] {
            let request = house.request(method, &format!("{origin}{path}"));
            let request = request.header(header.0, header.1);
            // A connection is not used again after a request whose body nobody has read.
            let request = request.header("connection", "close").body("x");
            let answer = house.send(request).await;
            look.at(&format!("{method} {path} with {}", header.0), &answer);
        }
        let large = house.request("POST", &format!("{origin}/sign-in"));
        let large = large
            .header("content-type", "application/x-www-form-urlencoded")
            .header("connection", "close");
        let answer = house.send(large.body("x".repeat(2_000_000))).await;
        look.at("POST of too much", &answer);
    }
    let held = house.hold_database().await;
    let visitor = Visitor::new(&house);
    let page = visitor.get("/sign-in").await;
    let user = house.admin(house.company("Brackwater"));
    let csrf = hidden(&page, "csrf");
    let fields = [
        ("login", user.login.as_str()),
        ("password", &user.password),
        ("csrf", &csrf),
    ];
    let answer = visitor.post("/sign-in", &fields).await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    look.at("POST /sign-in without a database", &answer);
    drop(held);
    let found: Vec<String> = look.found.into_iter().collect();
    let expected: Vec<&str> = EXCEPTIONS.trim().lines().collect();
    assert_eq!(found, expected);
    assert!(look.pages > 150, "{} pages", look.pages);
}

#[tokio::test(flavor = "multi_thread")]
async fn s34_looking_at_any_page_changes_nothing_and_a_form_without_its_field_neither() {
    let house = House::start().await;
    let everybody = everybody(&house).await;
    let before = stored(&house).await;
    for (who, origin, visitor, endpoints) in &everybody {
        for endpoint in endpoints {
            let place = format!("{origin}{}", path(&house, endpoint));
            let what = format!("{who}: {} {}", endpoint.method, endpoint.path);
            match endpoint.method {
                Method::GET => {
                    visitor.get(&place).await;
                    for method in ["HEAD", "OPTIONS"] {
                        let cookies = ["quickconnect_session", "console"].map(|name| {
                            let value = visitor.cookie(name).unwrap_or_default();
                            format!("{name}={value}")
                        });
                        let request = house.request(method, &place);
                        house
                            .send(request.header("cookie", cookies.join("; ")))
                            .await;
                    }
                }
                Method::POST if endpoint.access != Access::Client => {
                    let session = [Access::SignedIn, Access::Administrator];
                    let has_session = *who == "administrator" || *who == "staff";
                    for fields in [&[][..], &[("csrf", "")], &[("csrf", "wrong")]] {
                        let answer = visitor.post(&place, fields).await;
                        // Whoever has a session is told so; others are led to where they begin.
                        let refused = match has_session && session.contains(&endpoint.access) {
                            true => answer.status == 403,
                            false => answer.status == 303 || answer.status >= 400,
                        };
                        assert!(refused, "{what}: {} {}", answer.status, answer.body);
                    }
                }
                _ => {
                    let request = house.request(endpoint.method.as_str(), &place);
                    let answer = house.send(request).await;
                    assert!(answer.status >= 400, "{what}: {}", answer.status);
                }
            }
        }
        let after = stored(&house).await;
        let new: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
        assert!(after == before, "{who} has changed something: {new:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s33_the_console_begins_a_new_session_at_each_sign_in_and_ends_it_at_sign_out() {
    let house = House::start().await;
    let console = house.facts.partner.join("/console/connections");
    let visitor = Visitor::new(&house);
    visitor.set_cookie("console", &"A".repeat(43));
    let answer = console_sign_in(&visitor, &house).await;
    cookies_are_strict("sign-in", &answer);
    let first = visitor.cookie("console").unwrap();
    assert_ne!(first, "A".repeat(43));
    let is_in = async |cookie: &str| {
        let other = Visitor::new(&house);
        other.set_cookie("console", cookie);
        other.get(&console).await.status == 200
    };
    assert!(is_in(&first).await);
    console_sign_in(&visitor, &house).await;
    let second = visitor.cookie("console").unwrap();
    assert_ne!(first, second);
    assert!(is_in(&second).await && !is_in(&first).await);
    let page = visitor.get(&console).await;
    let place = house.facts.partner.join("/console/sign-out");
    let csrf = hidden(&page, "csrf");
    let answer = visitor.post(&place, &[("csrf", &csrf)]).await;
    cookies_are_strict("sign-out", &answer);
    assert_eq!(visitor.cookie("console"), None);
    assert!(!is_in(&second).await);
}
