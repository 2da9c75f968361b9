use ambient::Entropy;
use store::App;
use tokio::task::JoinHandle;

use crate::House;

/// Another node on the platform's database, in the same process: it shares nothing with the first
/// but the database and the secret.
pub struct SecondNode<'a> {
    house: &'a House,
    origin: String,
    server: JoinHandle<()>,
}

impl House {
    /// For PostgreSQL: a SQLite file has one process that serves it.
    pub async fn second_node(&self) -> SecondNode<'_> {
        let db = self.platform_database.open();
        let key = std::fs::read(self.data_dir().join("platform.key")).expect("it is there");
        let key = key.as_slice().try_into().expect("32 bytes");
        let (clock, settings) = (self.clock(), self.platform.settings.clone());
        let app = App::open(db, &key, clock, Entropy::System, settings).await;
        let sites = node::both_sites(&app.expect("the second node opens"));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port is free");
        let origin = format!("http://{}", listener.local_addr().expect("bound"));
        let mut serving = hosting::Serving::start([(listener, sites)]);
        let server = tokio::spawn(async move {
            serving.failure().await;
        });
        SecondNode {
            house: self,
            origin,
            server,
        }
    }
}

impl SecondNode<'_> {
    /// `POST /oauth2/v0/token`, as a proxy before both nodes would pass it on.
    pub fn token(&self, center: &str, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let origin = self.house.center(center);
        let (_, authority) = origin.split_once("://").expect("an origin");
        self.house
            .request("POST", &format!("{}/oauth2/v0/token", self.origin))
            .header("host", authority)
            .form(form)
    }
}

impl Drop for SecondNode<'_> {
    fn drop(&mut self) {
        self.server.abort();
    }
}
