use std::time::Duration;

use db::{Db, Error, Migration, Options, values};
use test_database::TestDatabase;
use tokio::time::timeout;

const TABLES: &[Migration] = &[Migration {
    name: "0001_things",
    sql: "CREATE TABLE things (name TEXT NOT NULL PRIMARY KEY, n BIGINT)",
}];

/// With few connections: one that was lost, or came back in a transaction, shows at once.
async fn few(connections: usize) -> (TestDatabase, Db) {
    let database = TestDatabase::migrated(TABLES).await;
    let options = Options { connections };
    let db = Db::open_with(&database.address(), &options).unwrap();
    (database, db)
}

async fn put(db: &Db, name: &str) -> Result<(), Error> {
    let mut tx = db.write_for(name).await?;
    let sql = "INSERT INTO things (name) VALUES ($1)";
    tx.execute(sql, &values![name]).await?;
    tx.commit().await
}

async fn count(db: &Db) -> i64 {
    let mut tx = db.read().await.unwrap();
    let sql = "SELECT COUNT(*) AS number FROM things";
    let row = tx.query_opt(sql, &[]).await.unwrap().unwrap();
    row.get("number").unwrap()
}

/// How many transactions are open on the database, but the asking one.
async fn open_transactions(database: &TestDatabase) -> i64 {
    let db = database.open();
    let mut tx = db.read().await.unwrap();
    let sql = "SELECT COUNT(*) AS number FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND state LIKE 'idle in transaction%'";
    let row = tx.query_opt(sql, &[]).await.unwrap().unwrap();
    row.get("number").unwrap()
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn writers_of_different_scopes_do_not_wait_for_each_other() {
    let (database, db) = few(4).await;
    let mut one = db.write_for("one").await.unwrap();
    let sql = "INSERT INTO things (name) VALUES ('one')";
    one.execute(sql, &[]).await.unwrap();
    put(&db, "two").await.unwrap();

    // The same scope waits, and so does who writes everything.
    let patience = Duration::from_millis(300);
    assert!(timeout(patience, put(&db, "one")).await.is_err());
    let everything = async {
        let mut tx = db.write().await?;
        tx.query("SELECT 1 AS held", &[]).await
    };
    assert!(timeout(patience, everything).await.is_err());
    one.commit().await.unwrap();
    put(&database.open(), "three").await.unwrap();
    assert_eq!(count(&db).await, 3);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_lock_that_is_not_given_is_a_database_that_is_busy() {
    let (database, db) = few(4).await;
    let held = database.hold().await;
    let refused = put(&db, "a").await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    drop(held);
    put(&db, "a").await.unwrap();
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_dropped_transaction_gives_its_connection_back_clean() {
    let (database, db) = few(1).await;
    for at in 0..20 {
        let mut tx = db.write().await.unwrap();
        let sql = "INSERT INTO things (name) VALUES ($1)";
        tx.execute(sql, &values![format!("{at}")]).await.unwrap();
        drop(tx);
        assert_eq!(count(&db).await, 0);
    }
    // Asked on the one connection, so that the ROLLBACK before has been worked off.
    assert_eq!(count(&db).await, 0);
    assert!(open_transactions(&database).await <= 1);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_statement_that_is_left_in_the_middle_does_not_hold_up_the_next() {
    let (_database, db) = few(1).await;
    let mut tx = db.read().await.unwrap();
    let asleep = tx.query("SELECT CAST(pg_sleep(60) AS TEXT) AS slept", &[]);
    assert!(timeout(Duration::from_millis(200), asleep).await.is_err());
    drop(tx);
    let next = timeout(Duration::from_secs(20), count(&db)).await;
    assert_eq!(next.unwrap(), 0);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_transaction_of_which_a_statement_failed_cannot_be_committed() {
    let (_database, db) = few(2).await;
    put(&db, "a").await.unwrap();
    let mut tx = db.write().await.unwrap();
    tx.execute("UPDATE things SET n = 1", &[]).await.unwrap();
    let twice = "INSERT INTO things (name) VALUES ('a')";
    assert!(tx.execute(twice, &[]).await.is_err());
    // The server itself would answer ROLLBACK and call it a success.
    assert!(matches!(tx.commit().await, Err(Error::Program(_))));
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn s21_a_lost_connection_is_unavailable_and_the_next_request_has_another() {
    let (database, db) = few(2).await;
    let mut tx = db.write().await.unwrap();
    let sql = "INSERT INTO things (name) VALUES ('a')";
    tx.execute(sql, &[]).await.unwrap();
    let all = "SELECT CAST(pg_terminate_backend(pid) AS TEXT) AS ended FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let other = database.open();
    let mut ending = other.read().await.unwrap();
    ending.query(all, &[]).await.unwrap();
    let failed = tx.commit().await;
    assert!(matches!(failed, Err(Error::Unavailable(_))), "{failed:?}");
    put(&db, "b").await.unwrap();
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn s21_a_server_that_is_not_there_is_unavailable() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let db = Db::open(&format!("postgres://qc@127.0.0.1:{port}/qc")).unwrap();
    let refused = db.read().await.err();
    assert!(
        matches!(refused, Some(Error::Unavailable(_))),
        "{refused:?}"
    );
}

/// A node of the release before goes on while a column is added (S40).
#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn s40_a_migration_that_waits_for_a_table_holds_nobody_up() {
    const WIDER: Migration = Migration {
        name: "0002_wider",
        sql: "ALTER TABLE things ADD COLUMN wide TEXT",
    };
    let (database, db) = few(4).await;
    // A backup, for instance: whoever reads a table keeps it from being changed.
    let mut backup = db.unhurried().read().await.unwrap();
    let all = "SELECT name FROM things";
    backup.query(all, &[]).await.unwrap();
    let migrating = database.open();
    let migration = tokio::spawn(async move { migrating.migrate(&[TABLES[0], WIDER]).await });
    // It waits for the table, and requests queue up behind it, for as long as it waits at a time.
    for _ in 0..20 {
        let request = async { db.read().await?.query(all, &[]).await };
        let answered = timeout(Duration::from_secs(5), request).await;
        answered.expect("not held up").unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!migration.is_finished());
    drop(backup);
    assert_eq!(migration.await.unwrap().unwrap(), 1);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn s40_statements_survive_a_column_that_is_added() {
    let (database, db) = few(1).await;
    put(&db, "a").await.unwrap();
    let all = "SELECT * FROM things";
    db.read().await.unwrap().query(all, &[]).await.unwrap();
    let mut tx = database.open().write().await.unwrap();
    let added = "ALTER TABLE things ADD COLUMN more TEXT";
    tx.batch(added).await.unwrap();
    tx.commit().await.unwrap();
    // One request may meet the plan of before; it is told to come again.
    if let Err(error) = db.read().await.unwrap().query(all, &[]).await {
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    }
    let rows = db.read().await.unwrap().query(all, &[]).await.unwrap();
    assert_eq!(rows.len(), 1);
}
