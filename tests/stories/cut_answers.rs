//! Answers that are lost on their way, after every number of bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use protocol::DAY;
use sandbox::AppFacts;
use testkit::House;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Stands between a partner and a data centre. Of each answer it lets so many bytes through.
struct Cutter {
    port: u16,
    lets_through: Arc<AtomicUsize>,
}

impl Cutter {
    async fn before(house: &House, center: &str) -> Cutter {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let lets_through = Arc::new(AtomicUsize::new(0));
        let (limit, target) = (lets_through.clone(), house.center(center).to_owned());
        let target = target.trim_start_matches("http://").to_owned();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(&target).await.unwrap();
                let limit = limit.load(Ordering::SeqCst);
                tokio::spawn(pass(client, server, limit));
            }
        });
        Cutter { port, lets_through }
    }

    /// Sends a form; of the answer, `bytes` arrive. The number of those that did.
    async fn post(
        &self,
        house: &House,
        center: &str,
        form: &[(&str, &str)],
        bytes: usize,
    ) -> usize {
        self.lets_through.store(bytes, Ordering::SeqCst);
        let authority = house.center(center).trim_start_matches("http://");
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = format!(
            "POST /oauth2/v0/token HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut arrived = Vec::new();
        // A connection that is cut may end with an error: what came before it has come.
        let _ = stream.read_to_end(&mut arrived).await;
        arrived.len()
    }
}

/// Passes the request on, waits for the whole answer, and hands `limit` bytes of it over: when the
/// cut comes, everything has happened at the server.
async fn pass(client: TcpStream, server: TcpStream, limit: usize) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let request =
        tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    let mut answer = Vec::new();
    from_server.read_to_end(&mut answer).await.unwrap();
    answer.truncate(limit);
    let _ = to_client.write_all(&answer).await;
    request.abort();
}

async fn rows(house: &House) -> usize {
    let mut tx = house.platform.db.read().await.unwrap();
    let all = tx.query("SELECT id FROM refresh_tokens", &[]).await;
    all.unwrap().len()
}

/// Every offset of the first hundred bytes, and every 31st of the rest.
fn offsets(length: usize) -> impl Iterator<Item = usize> {
    (0..length).filter(|at| *at < 100 || at % 31 == 0)
}

fn credentials(app: &AppFacts) -> [(&'static str, String); 2] {
    [
        ("client_id", app.client_id.to_string()),
        ("client_secret", app.client_secret.clone()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn s17_a_refresh_whose_answer_is_cut_anywhere_brings_the_same_token_again() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let cutter = Cutter::before(&house, "us2").await;
    let connect = house.request_token(company, app).await;
    let mut token = house.exchange(app, &connect).await.text("refresh_token");
    let [id, secret] = credentials(app);
    let form = |token: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let own = [(id.0, id.1.as_str()), (secret.0, secret.1.as_str())];
        [own, fields]
            .concat()
            .into_iter()
            .map(|(name, value)| (name, value.to_owned()))
            .collect::<Vec<_>>()
    };
    let send = async |token: &str, bytes: usize| {
        let form = form(token);
        let form: Vec<_> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        cutter.post(&house, "us2", &form, bytes).await
    };
    let length = send(&token, usize::MAX).await;
    assert!(length > 1_000, "a whole answer: {length} bytes");
    // The first cut of each group hits the renewal itself, the others its repetition.
    let all: Vec<usize> = offsets(length).collect();
    for (renewals, group) in all.chunks(8).enumerate() {
        house.advance(8 * DAY);
        for bytes in group {
            assert_eq!(send(&token, *bytes).await, *bytes);
            assert_eq!(rows(&house).await, renewals + 2, "one successor, not more");
        }
        let successor = house
            .refresh("us2", app, &token)
            .await
            .text("refresh_token");
        let again = house
            .refresh("us2", app, &token)
            .await
            .text("refresh_token");
        assert_eq!(successor, again);
        assert_ne!(successor, token);
        token = successor;
        assert_eq!(house.refresh("us2", app, &token).await.status, 200);
        assert_eq!(rows(&house).await, renewals + 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s17_an_exchange_whose_answer_is_cut_anywhere_brings_the_same_connection_again() {
    let house = House::start().await;
    let (company, app) = (house.company("Brackwater"), house.app("Meridian"));
    let cutter = Cutter::before(&house, "glz").await;
    let [id, secret] = credentials(app);
    let username = company.id.to_string();
    let offsets: Vec<usize> = (0..40).chain((40..2_000).step_by(97)).collect();
    for (connections, group) in offsets.chunks(4).enumerate() {
        let connect = house.request_token(company, app).await;
        let form = [
            (id.0, id.1.as_str()),
            (secret.0, secret.1.as_str()),
            ("grant_type", "password"),
            ("credtype", "authtoken"),
            ("username", username.as_str()),
            ("password", &connect.request_token),
        ];
        for bytes in group {
            assert_eq!(cutter.post(&house, "glz", &form, *bytes).await, *bytes);
            assert_eq!(rows(&house).await, connections + 1, "one lineage, not more");
        }
        // The fifth use: the last one that there is, and it still arrives.
        let token = house.exchange(app, &connect).await.text("refresh_token");
        assert_eq!(house.refresh("us2", app, &token).await.status, 200);
        assert_eq!(rows(&house).await, connections + 1);
    }
}
