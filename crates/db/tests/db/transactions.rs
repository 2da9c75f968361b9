use std::time::Duration;

use db::{Db, Error, Migration, Value, values};
use test_database::TestDatabase;
use tokio::time::timeout;

const TABLES: &[Migration] = &[Migration {
    name: "0001_things",
    sql: "CREATE TABLE things (
        name TEXT NOT NULL PRIMARY KEY, n BIGINT, flag BOOLEAN, data BYTEA
    )",
}];

async fn tables() -> (TestDatabase, Db) {
    let database = TestDatabase::migrated(TABLES).await;
    let db = database.open();
    db.migrate(TABLES).await.unwrap();
    (database, db)
}

async fn put(db: &Db, name: &str, n: i64) {
    let mut tx = db.write().await.unwrap();
    let sql = "INSERT INTO things (name, n) VALUES ($1, $2)";
    tx.execute(sql, &values![name, n]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn names(db: &Db) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let sql = "SELECT name FROM things ORDER BY name";
    let rows = tx.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get("name").unwrap()).collect()
}

#[tokio::test]
async fn what_is_not_committed_never_happened() {
    let (_database, db) = tables().await;
    let mut tx = db.write().await.unwrap();
    let sql = "INSERT INTO things (name) VALUES ('a')";
    assert_eq!(tx.execute(sql, &[]).await.unwrap(), 1);
    drop(tx);
    assert!(names(&db).await.is_empty());
    put(&db, "b", 1).await;
    assert_eq!(names(&db).await, ["b"]);
}

#[tokio::test]
async fn values_come_back_as_they_were_given() {
    let (_database, db) = tables().await;
    let mut tx = db.write().await.unwrap();
    let sql = "INSERT INTO things (name, n, flag, data) VALUES ($1, $3, $2, $4) RETURNING *";
    let given = values!["ä '\" \u{1F600}", true, i64::MIN, vec![0_u8, 255, 10]];
    let row = tx.query_opt(sql, &given).await.unwrap().unwrap();
    assert_eq!(row.get::<String>("name").unwrap(), "ä '\" \u{1F600}");
    assert_eq!(row.get::<i64>("n").unwrap(), i64::MIN);
    assert!(row.get::<bool>("flag").unwrap());
    assert_eq!(row.get::<Vec<u8>>("data").unwrap(), [0, 255, 10]);
    let nothing = values!["nothing", None::<bool>, None::<i64>, None::<Vec<u8>>];
    let row = tx.query_opt(sql, &nothing).await.unwrap().unwrap();
    assert_eq!(row.get::<Option<i64>>("n").unwrap(), None);
    assert_eq!(row.get::<Option<bool>>("flag").unwrap(), None);
    assert_eq!(row.get::<Option<Vec<u8>>>("data").unwrap(), None);
    assert!(matches!(row.get::<i64>("n"), Err(Error::Program(_))));
    assert!(matches!(row.get::<i64>("m"), Err(Error::Program(_))));
}

/// PostgreSQL has no such character in its texts, and people can send it.
#[tokio::test]
async fn the_character_zero_is_replaced() {
    let (_database, db) = tables().await;
    put(&db, "a\0b", 1).await;
    assert_eq!(names(&db).await, ["a\u{fffd}b"]);
}

#[tokio::test]
async fn texts_sort_by_their_bytes() {
    let (_database, db) = tables().await;
    for name in ["b", "B", "a_1", "a1", "A", "é", "-"] {
        put(&db, name, 0).await;
    }
    let sorted = ["-", "A", "B", "a1", "a_1", "b", "é"];
    assert_eq!(names(&db).await, sorted);
}

#[tokio::test]
async fn a_reader_sees_one_state_while_others_write() {
    let (_database, db) = tables().await;
    put(&db, "a", 1).await;
    let mut tx = db.read().await.unwrap();
    let count = "SELECT COUNT(*) AS number FROM things";
    let row = tx.query_opt(count, &[]).await.unwrap().unwrap();
    assert_eq!(row.get::<i64>("number").unwrap(), 1);
    put(&db, "b", 1).await;
    let row = tx.query_opt(count, &[]).await.unwrap().unwrap();
    assert_eq!(row.get::<i64>("number").unwrap(), 1);
    drop(tx);
    assert_eq!(names(&db).await.len(), 2);
}

/// Reads, decides and writes, as a handler does: without a lock, increments would be lost.
async fn increment(db: &Db, scope: Option<&str>, name: &str) {
    let mut tx = match scope {
        Some(scope) => db.write_for(scope).await.unwrap(),
        None => db.write().await.unwrap(),
    };
    let read = "SELECT n FROM things WHERE name = $1";
    let row = tx.query_opt(read, &values![name]).await.unwrap().unwrap();
    let next = row.get::<i64>("n").unwrap() + 1;
    tokio::task::yield_now().await;
    let write = "UPDATE things SET n = $2 WHERE name = $1";
    tx.execute(write, &values![name, next]).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn s15_what_a_writer_has_read_stays_true_until_it_commits() {
    let (database, db) = tables().await;
    put(&db, "a", 0).await;
    // PostgreSQL is asked by many nodes; a SQLite file has one process that serves it.
    let other = match &db {
        Db::Postgres(_) => database.open(),
        Db::Sqlite(_) => db.clone(),
    };
    let mut tasks = Vec::new();
    for at in 0..60 {
        let db = if at % 2 == 0 { &db } else { &other }.clone();
        // Writers of everything and writers of the scope exclude each other as well.
        let scope = (at % 3 != 0).then_some("a");
        tasks.push(tokio::spawn(
            async move { increment(&db, scope, "a").await },
        ));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let mut tx = db.read().await.unwrap();
    let rows = tx.query("SELECT n FROM things", &[]).await.unwrap();
    assert_eq!(rows[0].get::<i64>("n").unwrap(), 60);
}

#[tokio::test]
async fn a_failed_statement_leaves_the_connection_good() {
    let (_database, db) = tables().await;
    for _ in 0..40 {
        let mut tx = db.read().await.unwrap();
        let failed = tx.query("SELECT nothing FROM things", &[]).await;
        assert!(matches!(failed, Err(Error::Program(_))), "{failed:?}");
    }
    let mut tx = db.write().await.unwrap();
    let wrong: [Value; 1] = values![vec![1_u8]];
    let sql = "INSERT INTO things (name, n) VALUES ('a', NULL), ($1, $2)";
    let failed = tx.execute(sql, &wrong).await;
    assert!(matches!(failed, Err(Error::Program(_))), "{failed:?}");
    drop(tx);
    put(&db, "a", 1).await;
}

/// A client that goes away drops its request wherever it stands.
#[tokio::test]
async fn s16_a_transaction_that_is_left_in_the_middle_is_not_found_half_done() {
    let (database, db) = tables().await;
    put(&db, "a", 0).await;
    for micros in (0..3_000).step_by(100) {
        let mut left = Box::pin(increment(&db, Some("a"), "a"));
        let _ = timeout(Duration::from_micros(micros), &mut left).await;
        drop(left);
    }
    // Whatever was left holds no lock, and each increment happened whole or not at all.
    increment(&database.open(), None, "a").await;
    increment(&db, Some("a"), "a").await;
    let mut tx = db.read().await.unwrap();
    let rows = tx.query("SELECT n FROM things", &[]).await.unwrap();
    assert!((2..=32).contains(&rows[0].get::<i64>("n").unwrap()));
}
