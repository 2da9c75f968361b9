//! What a node says of itself when something is wrong, and that it says the truth again when it is
//! put right (S39). In all of it the process is alive.

use std::time::Duration;

use ambient::{Clock, Entropy};
use db::{Db, values};
use hosting::{KeySecret, Serving};
use metrics_exporter_prometheus::PrometheusBuilder;
use node::Config;
use protocol::Timestamp;
use serde_json::Value;
use store::{App, key_rotation};
use test_database::TestDatabase;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::deployment::{Deployment, Served};

impl Served {
    /// Waits until it is not ready for a reason with these words in it, and alive all the same.
    async fn is_not_ready(&self, words: &str) {
        let said = self.until(503).await;
        assert!(said.contains(words), "{words:?} in {said}");
        let answer: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(answer["ready"], false);
        for secret in ["5a5a5a5a", "a5a5a5a5", "postgres://"] {
            assert!(!said.contains(secret), "{said}");
        }
        assert_eq!(self.health("/livez").await.unwrap().0, 200);
    }

    async fn is_ready_again(&self) {
        assert!(self.until(200).await.contains("\"ready\":true"));
    }

    async fn until(&self, wanted: u16) -> String {
        let mut last = None;
        for _ in 0..300 {
            last = self.health("/readyz").await;
            if let Some((status, said)) = &last
                && *status == wanted
            {
                return said.clone();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {wanted}: {last:?}");
    }
}

/// What is waited for here must not stop the line to the database.
#[tokio::test(flavor = "multi_thread")]
async fn s39_without_its_database_a_node_is_not_ready_until_it_is_back() {
    let deployment = Deployment::new().await;
    let mut line = deployment.database.as_ref().unwrap().line();
    std::fs::write(deployment.path("database.address"), line.address()).unwrap();
    let served = deployment.serve().await;
    for _ in 0..2 {
        line.cut().await;
        served.is_not_ready("database").await;
        line.mend();
        served.is_ready_again().await;
    }
    let (status, _) = served.get("apps.example", "/sign-in").await.unwrap();
    assert_eq!(status, 200);
}

#[tokio::test]
async fn s39_while_another_process_locks_its_file_a_node_is_not_ready() {
    let deployment = Deployment::on_a_file();
    let served = deployment.serve().await;
    let db = Db::open_sqlite(&deployment.path("platform.sqlite")).unwrap();
    let held = db.write().await.unwrap();
    served.is_not_ready("database").await;
    drop(held);
    served.is_ready_again().await;
}

#[tokio::test]
async fn s39_with_another_file_in_the_place_of_its_own_a_node_is_not_ready() {
    let deployment = Deployment::on_a_file();
    let served = deployment.serve().await;
    let (file, aside) = (deployment.path("platform.sqlite"), deployment.path("aside"));
    std::fs::rename(&file, &aside).unwrap();
    std::fs::copy(&aside, &file).unwrap();
    served.is_not_ready("start the program anew").await;
    std::fs::rename(&aside, &file).unwrap();
    served.is_ready_again().await;
}

#[tokio::test]
async fn s39_with_tables_that_are_behind_a_node_is_not_ready() {
    let deployment = Deployment::new().await;
    let served = deployment.serve().await;
    let db = deployment.database.as_ref().unwrap().open();
    let newest = store::MIGRATIONS.iter().rfind(|one| one.expands());
    let newest = newest.unwrap().name;
    let mut tx = db.write().await.unwrap();
    let forget = "DELETE FROM schema_migrations WHERE name = $1";
    tx.execute(forget, &values![newest]).await.unwrap();
    tx.commit().await.unwrap();
    served.is_not_ready("run quickconnect migrate up").await;
    let mut tx = db.write().await.unwrap();
    let again = "INSERT INTO schema_migrations (name, position) VALUES ($1, 900)";
    tx.execute(again, &values![newest]).await.unwrap();
    tx.commit().await.unwrap();
    served.is_ready_again().await;
}

#[tokio::test]
async fn s39_without_the_right_key_secret_a_node_is_not_ready() {
    let deployment = Deployment::new().await;
    let served = deployment.serve().await;
    let file = deployment.path("platform.key");
    let right = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    served.is_not_ready("cannot be read").await;
    std::fs::write(&file, "too short").unwrap();
    served.is_not_ready("holds no key-encryption secret").await;
    std::fs::write(&file, "a5".repeat(32)).unwrap();
    served
        .is_not_ready("sealed under another key-encryption secret")
        .await;
    std::fs::write(&file, right).unwrap();
    served.is_ready_again().await;
}

/// A node within the test, which does nothing by itself, and whose clock the test turns.
struct Quiet {
    app: App,
    served: String,
    _serving: Serving,
    _database: TestDatabase,
}

impl Quiet {
    async fn with(clock: Clock) -> Quiet {
        let deployment = Deployment::new().await;
        let config = Config::read(&deployment.path("quickconnect.toml")).unwrap();
        let file = deployment.path("platform.key");
        let secret = KeySecret::read(&file).unwrap();
        let settings = config.settings().unwrap();
        let db = deployment.database.as_ref().unwrap().open();
        let app = App::open(db, secret.bytes(), clock, Entropy::System, settings)
            .await
            .unwrap();
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        // The file is needed as long as the node is.
        let file = deployment.dir.keep().join("platform.key");
        let health = node::health(&app, &file, metrics);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let served = format!("http://{}", listener.local_addr().unwrap());
        Quiet {
            app,
            served,
            _serving: Serving::start([(listener, health.routes())]),
            _database: deployment.database.unwrap(),
        }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = http
            .get(format!("{}{path}", self.served))
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn is_not_ready(&self, words: &str) {
        let (status, said) = self.get("/readyz").await;
        assert!(status == 503 && said.contains(words), "{status} {said}");
        assert_eq!(self.get("/livez").await.0, 200);
    }
}

fn in_the_future(by: Duration) -> Timestamp {
    Clock::System.now() + by
}

#[tokio::test]
async fn s39_without_a_key_that_signs_a_node_is_not_ready_until_it_has_made_one() {
    let node = Quiet::with(Clock::System).await;
    assert_eq!(node.get("/readyz").await.0, 200);
    let mut tx = node.app.db.write().await.unwrap();
    let lost = "DELETE FROM signing_keys WHERE algorithm = 'ES256'";
    tx.execute(lost, &[]).await.unwrap();
    tx.commit().await.unwrap();
    node.is_not_ready("no key signs with ES256").await;
    // What each node does every few seconds.
    let now = node.app.clock.now();
    key_rotation::rotate_if_due(&node.app, now).await.unwrap();
    assert_eq!(node.get("/readyz").await.0, 200);
}

#[tokio::test]
#[ignore = "needs PostgreSQL: SQLite has no other clock than ours"]
async fn s39_a_node_whose_clock_is_wrong_is_not_ready_until_it_is_set() {
    let late = Clock::starting_at(in_the_future(Duration::ZERO) - Duration::from_secs(60));
    let node = Quiet::with(late.clone()).await;
    node.is_not_ready("behind the database's").await;
    late.advance(Duration::from_secs(60));
    assert_eq!(node.get("/readyz").await.0, 200);
    late.advance(Duration::from_secs(60));
    node.is_not_ready("ahead of the database's").await;
}

#[tokio::test]
async fn s39_told_to_stop_a_node_still_answers_what_was_begun() {
    let deployment = Deployment::new().await;
    let mut served = deployment.serve().await;
    let at = ("127.0.0.1", served.port);
    let mut begun = TcpStream::connect(at).await.unwrap();
    let head = "POST /oauth2/v0/token HTTP/1.1\r\nhost: glz.api.example\r\nconnection: close\r\n\
        content-type: application/x-www-form-urlencoded\r\ncontent-length: 20\r\n\r\nclient_id=";
    begun.write_all(head.as_bytes()).await.unwrap();
    served.terminate();
    served.is_not_ready("stopping").await;
    // Announced for a second; then nobody new is let in.
    let mut closed = false;
    for _ in 0..300 {
        closed = TcpStream::connect(at).await.is_err();
        if closed {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(closed, "the listener stays open");
    begun.write_all(b"0123456789").await.unwrap();
    let mut answer = String::new();
    begun.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    let ended = tokio::task::spawn_blocking(move || served.process.wait());
    let status = tokio::time::timeout(Duration::from_secs(30), ended).await;
    assert!(status.unwrap().unwrap().unwrap().success());
}
