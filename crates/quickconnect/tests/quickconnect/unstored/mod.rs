//! S21: a revocation is answered with success only when it is stored, and with 503 when it cannot be.

mod fault;

use serde_json::Value;

use crate::deployment::{Deployment, Served};
use crate::people::{self, hidden, text};
use crate::serve::write_listing;
use fault::{Fault, Proxy, fill_disk};

/// How a connection, or one of its tokens, is ended.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    RefreshToken,
    AccessToken,
    /// `DELETE /app-mgmt/v0/connections`.
    Program,
    /// The form of the App Center.
    Page,
}

const WAYS: [Way; 4] = [Way::RefreshToken, Way::AccessToken, Way::Program, Way::Page];

struct Tokens {
    refresh: String,
    access: String,
}

/// A node with one company, its administrator, and an app in the catalog.
struct World {
    deployment: Deployment,
    served: Served,
    proxy: Option<Proxy>,
    http: reqwest::Client,
    company: String,
    client: [(&'static str, String); 2],
    listing: String,
    /// Of the administrator's session, and what its forms carry.
    cookies: String,
    csrf: String,
}

const API: &str = "us2.api.example";
const SITE: &str = "apps.example";

impl World {
    async fn start() -> World {
        let deployment = Deployment::new().await;
        let address = deployment.database.as_ref().unwrap().address();
        let proxy = match address.starts_with("sqlite:") {
            true => None,
            false => Some(Proxy::before(&address).await),
        };
        if let Some(proxy) = &proxy {
            let file = deployment.path("database.address");
            std::fs::write(file, proxy.address(&address)).unwrap();
        }
        let served = deployment.serve_on_a_limited_disk().await;
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        let mut world = World {
            deployment,
            served,
            proxy,
            http: http.build().unwrap(),
            company: String::new(),
            client: [
                ("client_id", String::new()),
                ("client_secret", String::new()),
            ],
            listing: String::new(),
            cookies: String::new(),
            csrf: String::new(),
        };
        world.fill();
        world.sign_in().await;
        world
    }

    fn json(&self, arguments: &[&str]) -> Value {
        people::json(&self.deployment, arguments)
    }

    fn fill(&mut self) {
        let grants = ["--grant", "password", "--grant", "refresh_token"];
        let app = ["app", "create", "--name", "Ledger", "--json"];
        let app = [&app, &grants[..], &["--scope", "openid"]].concat();
        let app = self.json(&app);
        for (field, value) in &mut self.client {
            *value = text(&app, field);
        }
        let file = write_listing(&self.deployment, &self.client[0].1, "Ledgers");
        let published = self.json(&["listing", "publish", file.to_str().unwrap(), "--json"]);
        self.listing = text(&published, "id");
    }

    async fn sign_in(&mut self) {
        let admin = people::administrator(&self.deployment);
        self.company = admin.company;
        let page = self.ask("GET", SITE, "/sign-in", &[]).await;
        let csrf = hidden(&page.2);
        let fields = [
            ("login", admin.login),
            ("password", &admin.password),
            ("csrf", &csrf),
        ];
        self.cookies = page.1;
        let signed_in = self.ask("POST", SITE, "/sign-in", &fields).await;
        assert_eq!(signed_in.0, 303, "{}", signed_in.2);
        self.cookies = signed_in.1;
        let page = self.ask("GET", SITE, "/app-center", &[]).await;
        assert_eq!(page.0, 200);
        self.csrf = hidden(&page.2);
    }

    /// Status, the cookies that were set, body.
    async fn ask(
        &self,
        method: &str,
        host: &str,
        path: &str,
        form: &[(&str, &str)],
    ) -> (u16, String, String) {
        let url = format!("http://127.0.0.1:{}{path}", self.served.port);
        let mut request = self.http.request(method.parse().unwrap(), url);
        if method == "POST" {
            request = request.form(form);
        }
        self.send(request.header("host", host).header("cookie", &self.cookies))
            .await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> (u16, String, String) {
        let answer = request.send().await.expect("the node answers");
        let set = answer.headers().get_all("set-cookie").into_iter();
        let pairs = set.filter_map(|line| line.to_str().ok()?.split(';').next());
        let cookies = pairs.collect::<Vec<_>>().join("; ");
        let status = answer.status().as_u16();
        (status, cookies, answer.text().await.unwrap())
    }

    async fn as_client(&self, endpoint: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let own = self
            .client
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        let form: Vec<_> = own.chain(fields.iter().copied()).collect();
        let path = format!("/oauth2/v0/{endpoint}");
        let (status, _, body) = self.ask("POST", API, &path, &form).await;
        (status, serde_json::from_str(&body).unwrap_or_default())
    }

    /// A connection of the company whose tokens have been seen in use.
    async fn connected(&self) -> Tokens {
        let asked = ["request-token", "--company", &self.company];
        let connect = self.json(&[&asked[..], &["--app", &self.client[0].1]].concat());
        let fields = [
            ("grant_type", "password"),
            ("credtype", "authtoken"),
            ("username", connect["id"].as_str().unwrap()),
            ("password", connect["requestToken"].as_str().unwrap()),
        ];
        let (status, granted) = self.as_client("token", &fields).await;
        assert_eq!(status, 200, "{granted}");
        let tokens = Tokens {
            refresh: text(&granted, "refresh_token"),
            access: text(&granted, "access_token"),
        };
        assert_eq!(self.standing(&tokens).await, (true, true));
        tokens
    }

    /// Whether the refresh token and the access token stand.
    async fn standing(&self, tokens: &Tokens) -> (bool, bool) {
        let mut active = Vec::new();
        for token in [&tokens.access, &tokens.refresh] {
            let (status, told) = self.as_client("introspect", &[("token", token)]).await;
            assert_eq!(status, 200, "{told}");
            active.push(told["active"] == true);
        }
        (active[1], active[0])
    }

    /// The status of the answer.
    async fn end(&self, way: Way, tokens: &Tokens) -> u16 {
        match way {
            Way::RefreshToken => self.revoke(&tokens.refresh).await,
            Way::AccessToken => self.revoke(&tokens.access).await,
            Way::Program => {
                let path = "/app-mgmt/v0/connections";
                let url = format!("http://127.0.0.1:{}{path}", self.served.port);
                let request = self.http.delete(url).header("host", API);
                self.send(request.bearer_auth(&tokens.access)).await.0
            }
            Way::Page => {
                let path = format!("/app-center/listings/{}/disconnect", self.listing);
                let form = [("csrf", self.csrf.as_str())];
                let (status, _, page) = self.ask("POST", SITE, &path, &form).await;
                assert_eq!(status == 303, page.is_empty(), "{page}");
                status
            }
        }
    }

    async fn revoke(&self, token: &str) -> u16 {
        let (status, answer) = self.as_client("revoke", &[("token", token)]).await;
        if status == 503 {
            assert_eq!(answer["error"], "temporarily_unavailable", "{answer}");
        }
        status
    }

    fn faults(&self) -> &'static [Fault] {
        match &self.proxy {
            None => &[Fault::DiskFull],
            Some(_) => &[Fault::CutBeforeCommit, Fault::CutAfterCommit],
        }
    }

    fn break_store(&self, fault: Option<Fault>) {
        match &self.proxy {
            None => fill_disk(self.served.process.id(), fault.is_some()),
            Some(proxy) => proxy.order(fault),
        }
    }
}

/// What remains when a way has been gone to its end: of the refresh token, of the access token.
fn remains(way: Way) -> (bool, bool) {
    (way == Way::AccessToken, false)
}

#[tokio::test(flavor = "multi_thread")]
async fn s21_what_cannot_be_stored_is_503_and_stands_or_not_as_the_store_says() {
    let mut world = World::start().await;
    let mut ended = Vec::new();
    for way in WAYS {
        for fault in world.faults() {
            let what = format!("{way:?}, {fault:?}");
            let tokens = world.connected().await;
            world.break_store(Some(*fault));
            let status = world.end(way, &tokens).await;
            world.break_store(None);
            assert_eq!(status, 503, "{what}");
            let stored = match fault.stores() {
                true => remains(way),
                false => (true, true),
            };
            assert_eq!(world.standing(&tokens).await, stored, "{what}");
            // Sent once more, it is done; an access token of a connection that has ended opens nothing.
            let expected = match way {
                Way::Page => 303,
                Way::Program if fault.stores() => 401,
                _ => 200,
            };
            assert_eq!(world.end(way, &tokens).await, expected, "{what}");
            assert_eq!(world.standing(&tokens).await, remains(way), "{what}");
            ended.push((way, tokens));
        }
    }
    // What was answered with success has survived a kill.
    world.served.process.kill().unwrap();
    world.served.process.wait().unwrap();
    world.served = world.deployment.serve_on_a_limited_disk().await;
    let (way, last) = ended.last().unwrap();
    assert_eq!(world.standing(last).await, remains(*way));
    for (way, tokens) in &ended {
        assert!(!world.standing(tokens).await.1, "{way:?}");
    }
}

/// S07: what a caller writes itself, in whatever place, names no metric.
#[tokio::test(flavor = "multi_thread")]
async fn s07_metrics_tell_of_routes_and_hold_nothing_that_was_sent() {
    let world = World::start().await;
    let tokens = world.connected().await;
    let path = format!("/{}?token={}", tokens.refresh, tokens.access);
    for (method, host) in [("GET", API), ("POST", API), ("GET", SITE), ("POST", SITE)] {
        world
            .ask(method, host, &path, &[("token", &tokens.refresh)])
            .await;
    }
    assert_eq!(world.end(Way::RefreshToken, &tokens).await, 200);
    let (_, metrics) = world.served.health("/metrics").await.unwrap();
    assert!(
        metrics.contains(r#"route="/oauth2/v0/revoke""#),
        "{metrics}"
    );
    let (_, cookie) = world.cookies.split_once('=').unwrap();
    for (what, sent) in [
        ("refresh token", &tokens.refresh),
        ("access token", &tokens.access),
        ("client secret", &world.client[1].1),
        ("client id", &world.client[0].1),
        ("company", &world.company),
        ("session", &cookie.to_owned()),
        ("form field", &world.csrf),
    ] {
        assert!(!metrics.contains(sent.as_str()), "{what}: {metrics}");
    }
}
