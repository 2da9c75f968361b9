//! A server that has died, and networks that swallow everything.

use std::time::{Duration, Instant};

use db::{Db, Error, Heard, Migration, Options, values};
use test_database::{Network, Proxy, TestDatabase};
use tokio::time::timeout;

const TABLES: &[Migration] = &[Migration {
    name: "0001_things",
    sql: "CREATE TABLE things (name TEXT NOT NULL PRIMARY KEY)",
}];

/// How long a request may wait for a server that says nothing: 10 s for a connection of the pool, 5 s
/// until a new one is given up, 6 s for an answer.
const BOUND: Duration = Duration::from_secs(21);

struct Node {
    _database: TestDatabase,
    proxy: Proxy,
    db: Db,
}

/// With all its connections made.
async fn node() -> Node {
    let database = TestDatabase::migrated(TABLES).await;
    let proxy = database.proxy().await;
    let options = Options { connections: 3 };
    let db = Db::open_with(proxy.address(), &options).unwrap();
    let (first, second, third) = tokio::join!(put(&db, "a"), put(&db, "b"), put(&db, "c"));
    first.and(second).and(third).unwrap();
    Node {
        _database: database,
        proxy,
        db,
    }
}

async fn put(db: &Db, name: &str) -> Result<(), Error> {
    let mut tx = db.write_for(name).await?;
    let sql = "INSERT INTO things (name) VALUES ($1) ON CONFLICT DO NOTHING";
    tx.execute(sql, &values![name]).await?;
    tx.commit().await
}

async fn count(db: &Db) -> Result<i64, Error> {
    let mut tx = db.read().await?;
    let sql = "SELECT COUNT(*) AS number FROM things";
    let row = tx.query_opt(sql, &[]).await?;
    row.expect("a count is a row").get("number")
}

/// More than there are connections ask at once; every one of them is refused, and in time.
async fn all_are_refused(db: &Db) {
    let begun = Instant::now();
    let ask = || async {
        let (read, written) = tokio::join!(count(db), put(db, "d"));
        [read.map(drop), written]
    };
    let answers = tokio::join!(ask(), ask(), ask(), ask());
    let took = begun.elapsed();
    for answer in [answers.0, answers.1, answers.2, answers.3].as_flattened() {
        assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
    }
    assert!(took < BOUND + Duration::from_secs(5), "{took:?}");
}

/// It may take a moment until the last connection that was silent has been given up.
async fn well_again(db: &Db) -> i64 {
    let again = async {
        loop {
            if let (Ok(()), Ok(number)) = (put(db, "e").await, count(db).await) {
                return number;
            }
        }
    };
    timeout(2 * BOUND, again).await.expect("it is well again")
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn s39_a_network_that_swallows_everything_is_unavailable_in_time() {
    let node = node().await;
    let mut listener = node.db.listen("keys");
    assert_eq!(listener.heard().await, Heard::Missed);
    node.proxy.turn(Network::Silent);
    all_are_refused(&node.db).await;
    // The connection that listens has noticed by itself, although nothing was to be said on it.
    node.proxy.turn(Network::Well);
    let told = timeout(2 * BOUND, listener.heard()).await;
    assert_eq!(told.expect("it listens again"), Heard::Missed);
    assert!(well_again(&node.db).await >= 4);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn s39_a_network_that_swallows_the_answers_is_unavailable_in_time() {
    let node = node().await;
    node.proxy.turn(Network::SilentTowardsNode);
    all_are_refused(&node.db).await;
    node.proxy.turn(Network::Well);
    assert!(well_again(&node.db).await >= 4);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn s39_a_server_that_was_killed_is_unavailable_and_back_when_it_is() {
    let node = node().await;
    let mut listener = node.db.listen("keys");
    assert_eq!(listener.heard().await, Heard::Missed);
    let mut open = node.db.write().await.unwrap();
    let sql = "INSERT INTO things (name) VALUES ('open')";
    open.execute(sql, &[]).await.unwrap();
    node.proxy.turn(Network::Down);
    let begun = Instant::now();
    let committed = open.commit().await;
    assert!(
        matches!(committed, Err(Error::Unavailable(_))),
        "{committed:?}"
    );
    all_are_refused(&node.db).await;
    assert!(begun.elapsed() < BOUND, "{:?}", begun.elapsed());
    node.proxy.turn(Network::Well);
    let told = timeout(BOUND, listener.heard()).await;
    assert_eq!(told.expect("it listens again"), Heard::Missed);
    assert_eq!(
        well_again(&node.db).await,
        4,
        "what was open never happened"
    );
}

/// What a node that is cut off in the middle of a transaction holds is free again before those who
/// wait for it give up: the others do not even have to be asked twice.
#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn s39_a_node_that_falls_silent_lets_go_of_its_locks_while_others_wait() {
    let node = node().await;
    let others = node._database.open();
    for scope in [Some("a"), None] {
        let mut held = match scope {
            Some(scope) => node.db.write_for(scope).await.unwrap(),
            None => node.db.write().await.unwrap(),
        };
        let sql = "UPDATE things SET name = 'f' WHERE name = 'a'";
        assert_eq!(held.execute(sql, &[]).await.unwrap(), 1);
        node.proxy.turn(Network::Silent);
        put(&others, "a").await.unwrap();
        let refused = held.commit().await;
        assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
        assert_eq!(count(&others).await.unwrap(), 3, "it never happened");
        node.proxy.turn(Network::Well);
    }
}

/// A job's statement may take longer than a request's; nobody's takes forever.
#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_statement_that_runs_too_long_is_cancelled_unless_nobody_waits_for_it() {
    let database = TestDatabase::migrated(TABLES).await;
    let db = database.open();
    let asleep = "SELECT CAST(pg_sleep(7) AS TEXT) AS slept";
    let hurried = async { db.write().await?.query(asleep, &[]).await };
    let unhurried = async { db.unhurried().read().await?.query(asleep, &[]).await };
    let (hurried, unhurried) = tokio::join!(hurried, unhurried);
    assert!(matches!(hurried, Err(Error::Unavailable(_))), "{hurried:?}");
    assert_eq!(unhurried.unwrap().len(), 1);
}
