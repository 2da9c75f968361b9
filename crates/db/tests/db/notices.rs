use std::time::{Duration, Instant};

use db::{Db, Heard, Listener, values};
use test_database::TestDatabase;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

async fn heard(listener: &mut Listener) -> Heard {
    let heard = timeout(PATIENCE, listener.heard()).await;
    heard.expect("something is heard in time")
}

/// The next thing that is said, whatever may have been missed before.
async fn said(listener: &mut Listener) -> String {
    loop {
        if let Heard::Said(payload) = heard(listener).await {
            return payload;
        }
    }
}

/// A listener that hears what is said from now on.
async fn listening(db: &Db, channel: &'static str) -> Listener {
    let mut listener = db.listen(channel);
    if matches!(db, Db::Postgres(_)) {
        assert_eq!(heard(&mut listener).await, Heard::Missed);
    }
    listener
}

async fn say(db: &Db, channel: &'static str, payload: &str) {
    let mut tx = db.write().await.unwrap();
    tx.notify(channel, payload).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_is_said_is_heard_once_it_is_committed_and_on_its_channel_alone() {
    let database = TestDatabase::empty().await;
    let db = database.open();
    let mut listener = listening(&db, "keys").await;
    let mut tx = db.write().await.unwrap();
    tx.notify("keys", "of a transaction that never happened")
        .await
        .unwrap();
    drop(tx);
    say(&db, "others", "to others").await;
    let mut tx = db.write().await.unwrap();
    tx.notify("keys", "two\nlines").await.unwrap();
    let early = timeout(Duration::from_millis(200), said(&mut listener)).await;
    assert!(early.is_err(), "{early:?}");
    tx.commit().await.unwrap();
    assert_eq!(said(&mut listener).await, "two\nlines");
}

#[tokio::test]
async fn another_process_hears_it_or_that_it_missed_something() {
    let database = TestDatabase::empty().await;
    let (here, there) = (database.open(), database.open());
    let mut listener = listening(&there, "keys").await;
    let mut tx = here.write().await.unwrap();
    tx.batch("CREATE TABLE things (name TEXT)").await.unwrap();
    tx.notify("keys", "changed").await.unwrap();
    tx.commit().await.unwrap();
    let expected = match there {
        Db::Sqlite(_) => Heard::Missed,
        Db::Postgres(_) => Heard::Said("changed".to_owned()),
    };
    assert_eq!(heard(&mut listener).await, expected);
}

#[tokio::test]
async fn who_is_far_behind_is_told_that_it_missed_something() {
    let database = TestDatabase::empty().await;
    let db = database.open();
    let mut listener = listening(&db, "keys").await;
    let mut other = db.listen("others");
    for at in 0..300 {
        say(&db, "keys", &at.to_string()).await;
    }
    say(&db, "others", "the end").await;
    while timeout(PATIENCE, other.heard()).await.unwrap() != Heard::Said("the end".to_owned()) {}
    assert_eq!(heard(&mut listener).await, Heard::Missed);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn after_a_lost_connection_it_is_told_that_something_may_have_been_missed() {
    let database = TestDatabase::empty().await;
    let db = database.open();
    let mut listener = listening(&db, "keys").await;
    let all = "SELECT CAST(pg_terminate_backend(pid) AS TEXT) AS ended FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let other = database.open();
    let mut tx = other.read().await.unwrap();
    tx.query(all, &values![]).await.unwrap();
    assert_eq!(heard(&mut listener).await, Heard::Missed);
    say(&other, "keys", "again").await;
    assert_eq!(said(&mut listener).await, "again");
}

/// A listener that follows, when it has been told how far it has heard.
async fn following(db: &Db) -> Listener {
    let mut listener = db.follow("keys");
    while !matches!(heard(&mut listener).await, Heard::All(_)) {}
    listener
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn who_follows_has_heard_everything_that_was_committed_before_an_instant() {
    let database = TestDatabase::empty().await;
    let (here, there) = (database.open(), database.open());
    let mut other = listening(&there, "keys").await;
    let mut listener = following(&there).await;
    for at in 0..6 {
        say(&here, "keys", &at.to_string()).await;
        let committed = Instant::now();
        let mut said = Vec::new();
        loop {
            match heard(&mut listener).await {
                Heard::All(until) if until >= committed => break,
                Heard::All(_) => {}
                heard => said.push(heard),
            }
        }
        assert_eq!(said, [Heard::Said(at.to_string())]);
        // Whoever does not follow hears what is said, and nothing of this.
        assert_eq!(heard(&mut other).await, Heard::Said(at.to_string()));
        if at == 3 {
            // As one who comes later does.
            listener = following(&there).await;
        }
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn who_follows_is_told_that_it_missed_something_before_it_has_heard_everything_again() {
    let database = TestDatabase::empty().await;
    let proxy = database.proxy().await;
    let there = Db::open(proxy.address()).unwrap();
    let mut listener = following(&there).await;
    proxy.turn(test_database::Network::Down);
    let other = database.open();
    say(&other, "keys", "while nobody hears").await;
    let committed = Instant::now();
    proxy.turn(test_database::Network::Well);
    let mut missed = false;
    loop {
        match heard(&mut listener).await {
            Heard::All(until) if until >= committed => break,
            Heard::Missed => missed = true,
            _ => {}
        }
    }
    assert!(missed);
}
