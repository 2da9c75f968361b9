//! A platform whose sites are https, as a proxy in front of it passes requests on.

use std::io::{Read, Write};
use std::net::TcpStream;

use reqwest::header::HeaderMap;

use crate::deployment::{Deployment, Served};
use crate::people::{administrator, hidden};

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The `Set-Cookie` headers: name, value, attributes.
    fn cookies(&self) -> Vec<(&str, &str, Vec<&str>)> {
        let lines = self.headers.get_all("set-cookie").into_iter();
        let parts = lines.map(|line| line.to_str().unwrap().split("; ").collect::<Vec<_>>());
        parts
            .map(|parts| {
                let (name, value) = parts[0].split_once('=').unwrap();
                (name, value, parts[1..].to_vec())
            })
            .collect()
    }

    /// What must be the same whatever a request claims: without what is drawn for each answer.
    fn seen(&self) -> (u16, Vec<(String, String)>, String) {
        let mut body = self.body.replace(self.header("concur-correlationid"), "");
        if body.contains("name=\"csrf\"") {
            body = body.replace(&hidden(&body), "");
        }
        // An error says when it was.
        for (begin, end) in [("<time", "</time>"), ("\"Server-Time\":\"", "\"")] {
            if let Some((before, rest)) = body.split_once(begin) {
                let (_, after) = rest.split_once(end).unwrap();
                body = format!("{before}{after}");
            }
        }
        let drawn = [
            "date",
            "concur-correlationid",
            "set-cookie",
            "content-length",
        ];
        let told = self.headers.iter();
        let told = told.filter(|(name, _)| !drawn.contains(&name.as_str()));
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
        let mut told: Vec<_> = told
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect();
        for (name, _, attributes) in self.cookies() {
            told.push((name.to_owned(), attributes.join("; ")));
        }
        told.sort();
        (self.status, told, body)
    }
}

/// A program that speaks to the node as a proxy does.
struct Proxy<'a> {
    served: &'a Served,
    http: reqwest::Client,
}

impl Proxy<'_> {
    fn before(served: &Served) -> Proxy<'_> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        Proxy {
            served,
            http: http.build().unwrap(),
        }
    }

    async fn send(
        &self,
        (method, host, path): (&str, &str, &str),
        headers: &[(&str, &str)],
        form: &[(&str, &str)],
    ) -> Answer {
        let url = format!("http://127.0.0.1:{}{path}", self.served.port);
        let request = self.http.request(method.parse().unwrap(), url);
        let mut request = request.header("host", host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if method == "POST" {
            request = request.form(form);
        }
        let answer = request.send().await.expect("the node answers");
        Answer {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            body: answer.text().await.unwrap(),
        }
    }

    /// The answer to a request as it stands here, to the byte.
    fn raw(&self, head: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.served.port)).unwrap();
        let text = format!("{head}\r\nConnection: close\r\n\r\n");
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

const SITE: &str = "apps.example";
const API: &str = "us2.api.example";

const PLACES: [(&str, &str, &str); 12] = [
    ("GET", SITE, "/"),
    ("GET", SITE, "/sign-in"),
    ("GET", SITE, "/app-center"),
    ("GET", SITE, "/nowhere"),
    ("POST", SITE, "/sign-out"),
    ("DELETE", SITE, "/sign-in"),
    ("GET", API, "/.well-known/openid-configuration"),
    ("GET", API, "/.well-known/oauth-authorization-server"),
    ("GET", API, "/oauth2/v0/authorize?client_id=x"),
    ("GET", API, "/openapi.json"),
    ("GET", API, "/profile/v1/me"),
    ("GET", "elsewhere.example", "/sign-in"),
];

/// Everything by which proxies and frameworks are told of another address.
const CLAIMS: [(&str, &str); 18] = [
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-proto", "http"),
    ("x-forwarded-port", "8081"),
    ("x-forwarded-server", "evil.example"),
    ("x-forwarded-prefix", "/evil"),
    ("x-forwarded-ssl", "off"),
    ("x-forwarded-scheme", "http"),
    ("x-forwarded-for", "192.0.2.7"),
    ("x-real-ip", "192.0.2.7"),
    ("forwarded", "for=192.0.2.7;host=evil.example;proto=http"),
    ("x-host", "evil.example"),
    ("x-original-host", "evil.example"),
    ("x-original-url", "/evil"),
    ("x-rewrite-url", "/evil"),
    ("x-http-host-override", "evil.example"),
    ("x-http-method-override", "DELETE"),
    ("front-end-https", "off"),
    ("via", "1.1 evil.example"),
];

async fn ignores_claims(trusts: bool) {
    let deployment = Deployment::new().await;
    if !trusts {
        deployment.configure(|text| text.replace("trusted_proxies", "# trusted_proxies"));
    }
    let served = deployment.serve().await;
    let proxy = Proxy::before(&served);
    for place in PLACES {
        let plain = proxy.send(place, &[], &[]).await;
        for claim in CLAIMS.iter().map(std::slice::from_ref).chain([&CLAIMS[..]]) {
            let told = proxy.send(place, claim, &[]).await;
            assert_eq!(told.seen(), plain.seen(), "{place:?} {claim:?}");
            assert!(!format!("{:?} {}", told.headers, told.body).contains("evil"));
        }
    }
}

#[tokio::test]
async fn s31_whatever_a_request_claims_links_and_redirects_are_the_configured_ones() {
    ignores_claims(false).await;
}

#[tokio::test]
async fn s31_nor_does_a_trusted_proxy_say_where_the_platform_is() {
    ignores_claims(true).await;
}

#[tokio::test]
async fn s31_another_host_in_any_place_is_not_served() {
    let deployment = Deployment::new().await;
    let served = deployment.serve().await;
    let proxy = Proxy::before(&served);
    for host in [
        "evil.example",
        "apps.example.evil.example",
        "evil.example#apps.example",
        "user@apps.example",
        "apps.example:81",
        "apps.example/evil",
        "127.0.0.1",
        "",
    ] {
        for path in ["/sign-in", "/.well-known/openid-configuration"] {
            let answer = proxy.raw(&format!("GET {path} HTTP/1.1\r\nHost: {host}"));
            let refused = ["HTTP/1.1 421", "HTTP/1.1 400"];
            let first = answer.lines().next().unwrap_or_default();
            assert!(
                refused.iter().any(|begin| first.starts_with(begin)),
                "{host}: {first}"
            );
            assert!(!answer.contains("evil"), "{host}: {answer}");
        }
    }
    // The target of a request that names a host outweighs the header (RFC 9112 §3.2.2).
    let absolute = proxy.raw("GET http://evil.example/sign-in HTTP/1.1\r\nHost: apps.example");
    assert!(absolute.starts_with("HTTP/1.1 421"), "{absolute}");
    for two in [[SITE, "evil.example"], ["evil.example", SITE]] {
        let answer = proxy.raw(&format!(
            "GET /sign-in HTTP/1.1\r\nHost: {}\r\nHost: {}",
            two[0], two[1]
        ));
        assert!(!answer.contains("evil"), "{answer}");
        assert!(
            answer.starts_with("HTTP/1.1 400"),
            "RFC 9112 §3.2: {answer}"
        );
    }
}

#[tokio::test]
async fn s32_over_tls_every_answer_says_to_stay_there() {
    let deployment = Deployment::new().await;
    let served = deployment.serve().await;
    let proxy = Proxy::before(&served);
    for place in PLACES {
        let answer = proxy.send(place, &[], &[]).await;
        let told = answer.header("strict-transport-security");
        assert_eq!(told, "max-age=63072000; includeSubDomains", "{place:?}");
        assert_eq!(
            answer.header("x-content-type-options"),
            "nosniff",
            "{place:?}"
        );
    }
}

/// Every cookie of an answer is strict, and belongs to this host and to TLS alone. Gives those that
/// were set, as a browser sends them, and whether one was taken away.
fn strict(answer: &Answer) -> (String, bool) {
    let mut kept = Vec::new();
    let mut taken = false;
    for (name, value, attributes) in answer.cookies() {
        assert!(name.starts_with("__Host-"), "{name}");
        let (ages, rest): (Vec<&str>, _) = attributes
            .into_iter()
            .partition(|attribute| attribute.starts_with("Max-Age="));
        assert_eq!(rest, ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"]);
        match (ages[..] == ["Max-Age=0"], value) {
            (true, "") => taken = true,
            (false, value) if value.len() >= 22 => kept.push(format!("{name}={value}")),
            other => panic!("{name}: {other:?}"),
        }
    }
    (kept.join("; "), taken)
}

#[tokio::test]
async fn s33_cookies_are_strict_and_a_new_one_comes_with_sign_in_step_up_and_sign_out() {
    let deployment = Deployment::new().await;
    let served = deployment.serve().await;
    let admin = administrator(&deployment);
    let proxy = Proxy::before(&served);
    let get = async |path: &str, cookies: &str| {
        proxy
            .send(("GET", SITE, path), &[("cookie", cookies)], &[])
            .await
    };
    let post = async |path: &str, cookies: &str, form: &[(&str, &str)]| {
        proxy
            .send(("POST", SITE, path), &[("cookie", cookies)], form)
            .await
    };
    let is_in = async |cookies: &str| get("/app-center", cookies).await.status == 200;

    // A value that somebody else has put into the browser is not taken over.
    let planted = format!("__Host-quickconnect_session={}", "A".repeat(43));
    let page = get("/sign-in", &planted).await;
    let (before, _) = strict(&page);
    assert!(!before.is_empty() && !before.contains(&planted), "{before}");
    let password = admin.password.as_str();
    let mut form = vec![("login", admin.login), ("password", password)];
    let csrf = hidden(&page.body);
    form.push(("csrf", csrf.as_str()));
    let answer = post("/sign-in", &format!("{planted}; {before}"), &form).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let (first, _) = strict(&answer);
    assert!(is_in(&first).await && !is_in(&before).await && !is_in(&planted).await);

    let csrf = hidden(&get("/confirm-password", &first).await.body);
    let form = [("password", password), ("csrf", csrf.as_str())];
    let answer = post("/confirm-password", &first, &form).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let (second, _) = strict(&answer);
    assert_ne!(first, second);
    assert!(is_in(&second).await && !is_in(&first).await);

    let csrf = hidden(&get("/app-center", &second).await.body);
    let answer = post("/sign-out", &second, &[("csrf", csrf.as_str())]).await;
    let (kept, taken) = strict(&answer);
    assert!(taken && kept.is_empty(), "{kept}");
    assert!(!is_in(&second).await);
}
