//! What is known from memory, and how soon it is not known any more (S50).

use std::time::{Duration, Instant};

use db::Db;
use secrecy::ExposeSecret;
use test_database::Network;
use vault::Parting;

use crate::stage::{APP, COMPANY, Node, OTHER_APP, Stage};

/// Far longer than anything takes that is waited for.
const PATIENCE: Duration = Duration::from_secs(90);

/// What a node answers to whoever asks for the company's access token.
async fn asked(stage: &Stage, node: &Node) -> u16 {
    let url = format!("{}/v1/apps/{APP}/connections/{COMPANY}/token", node.url);
    let asked = stage.http.get(url).bearer_auth(&stage.key);
    asked.send().await.unwrap().status().as_u16()
}

async fn until(stage: &Stage, node: &Node, expected: u16) {
    let begun = Instant::now();
    loop {
        let status = asked(stage, node).await;
        if status == expected {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{status}, and not {expected}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until the node has given a token while nobody can read the tables that it would have to ask.
/// On SQLite they are asked each time.
async fn from_memory(stage: &Stage, node: &Node) {
    let db = stage.database.open();
    let begun = Instant::now();
    loop {
        assert_eq!(asked(stage, node).await, 200);
        if matches!(db, Db::Sqlite(_)) {
            return;
        }
        let mut tx = db.write_for("a test").await.unwrap();
        // For as long as it takes: the server would take it for a node that has gone.
        let lock = "SET LOCAL idle_in_transaction_session_timeout = 0;
            LOCK TABLE api_keys, connections IN ACCESS EXCLUSIVE MODE";
        tx.batch(lock).await.unwrap();
        match asked(stage, node).await {
            200 => return,
            status => assert_eq!(status, 503),
        }
        assert!(begun.elapsed() < PATIENCE, "the database is asked");
    }
}

/// Does it as somebody at the database's prompt.
async fn by_hand(stage: &Stage, sql: &str) {
    let mut tx = stage.database.open().write().await.unwrap();
    tx.batch(sql).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn s50_a_key_that_is_revoked_at_one_process_is_refused_at_the_other() {
    let stage = Stage::set().await;
    let other = stage.another(stage.database.open()).await;
    from_memory(&stage, &stage.node).await;
    from_memory(&stage, &other).await;
    let keys = stage.vault.api_keys(APP).await.unwrap();
    assert!(stage.vault.revoke_api_key(APP, keys[0].id).await.unwrap());
    assert_eq!(asked(&stage, &stage.node).await, 401);
    until(&stage, &other, 401).await;
}

#[tokio::test]
async fn s50_a_connection_that_ends_at_one_process_is_refused_at_the_other() {
    let stage = Stage::set().await;
    let other = stage.another(stage.database.open()).await;
    let (here, platform) = (&stage.node, &stage.platform);
    for end in [
        "disconnected",
        "being ended",
        "needs a reconnect",
        "deleted",
    ] {
        let id = stage.connect().await;
        from_memory(&stage, here).await;
        from_memory(&stage, &other).await;
        let mut expected = 404;
        match end {
            "disconnected" => {
                let parting = here.broker.disconnect(id).await.unwrap();
                assert_eq!(parting, Parting::Done);
            }
            "being ended" => {
                *platform.is_down.lock().unwrap() = true;
                let parting = here.broker.disconnect(id).await.unwrap();
                assert!(matches!(parting, Parting::Later(_)), "{parting:?}");
                *platform.is_down.lock().unwrap() = false;
            }
            "deleted" => {
                let parting = here.broker.erase(APP, COMPANY).await.unwrap();
                assert_eq!(parting, Parting::Done);
            }
            _ => {
                expected = 409;
                *platform.knows_no_token.lock().unwrap() = true;
                here.broker.forget(APP, COMPANY).await;
                assert!(here.broker.access_token(APP, COMPANY).await.is_err());
                *platform.knows_no_token.lock().unwrap() = false;
            }
        }
        assert_eq!(asked(&stage, here).await, expected, "{end}");
        until(&stage, &other, expected).await;
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn s50_a_process_that_hears_nothing_any_more_soon_hands_out_nothing() {
    let stage = Stage::set().await;
    let network = stage.database.proxy().await;
    let cut_off = stage.another(Db::open(network.address()).unwrap()).await;
    from_memory(&stage, &cut_off).await;
    network.turn(Network::Silent);
    let id = stage.connect().await;
    stage.node.broker.disconnect(id).await.unwrap();
    assert_eq!(asked(&stage, &stage.node).await, 404);
    until(&stage, &cut_off, 503).await;
    network.turn(Network::Well);
    until(&stage, &cut_off, 404).await;
    // And it remembers again.
    stage.connect().await;
    until(&stage, &cut_off, 200).await;
    from_memory(&stage, &cut_off).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn s50_what_a_program_of_another_release_or_a_person_ends_is_refused_as_well() {
    let mut stage = Stage::set().await;
    for (sql, expected) in [
        ("UPDATE connections SET state = 'needs_reconnect'", 409),
        ("UPDATE connections SET state = 'disconnected'", 404),
        ("DELETE FROM calls; DELETE FROM connections", 404),
        ("TRUNCATE connections CASCADE", 404),
        ("UPDATE api_keys SET revoked_at = 1", 401),
        ("DELETE FROM api_keys", 401),
        ("TRUNCATE api_keys", 401),
    ] {
        stage.connect().await;
        let issued = stage.vault.issue_api_key(APP, "next", "test").await;
        stage.key = issued.unwrap().key.expose_secret().to_owned();
        from_memory(&stage, &stage.node).await;
        by_hand(&stage, sql).await;
        until(&stage, &stage.node, expected).await;
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn s50_a_process_whose_line_was_lost_asks_for_everything_anew() {
    let stage = Stage::set().await;
    from_memory(&stage, &stage.node).await;
    // Nobody is told: the notice is lost.
    by_hand(
        &stage,
        "ALTER TABLE api_keys DISABLE TRIGGER USER; UPDATE api_keys SET revoked_at = 1;
         ALTER TABLE api_keys ENABLE TRIGGER USER",
    )
    .await;
    let mut tx = stage.database.open().read().await.unwrap();
    let others = "SELECT CAST(pg_terminate_backend(pid) AS TEXT) AS ended FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    tx.query(others, &[]).await.unwrap();
    until(&stage, &stage.node, 401).await;
}

#[tokio::test]
async fn that_a_key_was_used_is_written_each_hour_whatever_is_remembered() {
    let stage = Stage::set().await;
    let mut last = None;
    for _ in 0..3 {
        from_memory(&stage, &stage.node).await;
        let used = stage.vault.api_keys(APP).await.unwrap()[0].last_used_at;
        assert_eq!(used, Some(stage.clock.now()), "{last:?}");
        last = used;
        stage.clock.advance(protocol::HOUR);
    }
}

#[tokio::test]
async fn a_key_that_is_remembered_opens_no_other_app() {
    let stage = Stage::set().await;
    from_memory(&stage, &stage.node).await;
    let url = format!(
        "{}/v1/apps/{OTHER_APP}/connections/{COMPANY}/token",
        stage.url
    );
    let asked = stage.http.get(url).bearer_auth(&stage.key).send().await;
    assert_eq!(asked.unwrap().status(), 403);
}
