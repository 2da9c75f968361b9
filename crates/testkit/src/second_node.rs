use ambient::Entropy;
use db::Db;
use sandbox::AppFacts;
use store::App;
use test_database::{Proxy, TestDatabase};
use tokio::task::{JoinHandle, JoinSet};

use crate::{Answer, House};

/// Another node on the platform's database, in the same process: it shares nothing with the first
/// but the database and the secret. It has jobs of its own.
pub struct SecondNode<'a> {
    house: &'a House,
    /// The node from within.
    pub platform: App,
    origin: String,
    server: JoinHandle<()>,
    _jobs: JoinSet<()>,
}

impl House {
    /// For PostgreSQL: a SQLite file has one process that serves it.
    pub async fn second_node(&self) -> SecondNode<'_> {
        self.node_on(&self.platform_database).await
    }

    /// A copy of the platform's database as it stands now.
    pub async fn backup(&self) -> TestDatabase {
        self.platform_database.copy().await
    }

    /// A node on another database than the house's, a backup for instance.
    pub async fn node_on(&self, database: &TestDatabase) -> SecondNode<'_> {
        self.node_with(database.open()).await
    }

    /// A node whose database stands behind a network of its own.
    pub async fn node_behind(&self, proxy: &Proxy) -> SecondNode<'_> {
        self.node_with(Db::open(proxy.address()).expect("it is there"))
            .await
    }

    /// A network that leads to the platform's database.
    pub async fn proxy(&self) -> Proxy {
        self.platform_database.proxy().await
    }

    async fn node_with(&self, db: Db) -> SecondNode<'_> {
        let key = std::fs::read(self.data_dir().join("platform.key")).expect("it is there");
        let key = key.as_slice().try_into().expect("32 bytes");
        let (clock, settings) = (self.clock(), self.platform.settings.clone());
        let app = App::open(db, &key, clock, Entropy::System, settings).await;
        let platform = app.expect("the second node opens");
        let sites = node::both_sites(&platform);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port is free");
        let origin = format!("http://{}", listener.local_addr().expect("bound"));
        let mut serving = hosting::Serving::start([(listener, sites)]);
        let server = tokio::spawn(async move {
            serving.failure().await;
        });
        SecondNode {
            house: self,
            _jobs: node::jobs(&platform),
            platform,
            origin,
            server,
        }
    }
}

impl SecondNode<'_> {
    /// `POST /oauth2/v0/token`, as a proxy before both nodes would pass it on.
    pub fn token(&self, center: &str, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
        self.request("POST", center, "/oauth2/v0/token").form(form)
    }

    /// A request for a data centre, as a proxy would pass it on.
    pub fn request(&self, method: &str, center: &str, path: &str) -> reqwest::RequestBuilder {
        let origin = self.house.center(center);
        let (_, authority) = origin.split_once("://").expect("an origin");
        self.house
            .request(method, &format!("{}{path}", self.origin))
            .header("host", authority)
    }

    /// `POST /oauth2/v0/{endpoint}` at the landing zone with the credentials of `app`.
    pub async fn as_client(
        &self,
        endpoint: &str,
        app: &AppFacts,
        fields: &[(&str, &str)],
    ) -> Answer {
        let client_id = app.client_id.to_string();
        let mut form = vec![
            ("client_id", client_id.as_str()),
            ("client_secret", &app.client_secret),
        ];
        form.extend_from_slice(fields);
        let request = self.request("POST", "glz", &format!("/oauth2/v0/{endpoint}"));
        self.house.send(request.form(&form)).await
    }
}

impl Drop for SecondNode<'_> {
    fn drop(&mut self) {
        self.server.abort();
    }
}
