use db::{Error, Migration, Standing};
use test_database::TestDatabase;

const FIRST: Migration = Migration {
    name: "0001_a",
    sql: "CREATE TABLE a (n BIGINT)",
};
const SECOND: Migration = Migration {
    name: "0002_b",
    sql: "CREATE TABLE b (n BIGINT); INSERT INTO b (n) VALUES (7)",
};

#[tokio::test]
async fn each_migration_runs_once_and_a_newer_database_is_refused() {
    let database = TestDatabase::empty().await;
    let db = database.open();
    assert_eq!(db.migrate(&[FIRST]).await.unwrap(), 1);
    assert_eq!(db.migrate(&[FIRST, SECOND]).await.unwrap(), 1);
    assert_eq!(db.migrate(&[FIRST, SECOND]).await.unwrap(), 0);
    assert!(matches!(db.migrate(&[FIRST]).await, Err(Error::Program(_))));
}

#[tokio::test]
async fn how_far_the_tables_are_is_asked_without_changing_them() {
    let database = TestDatabase::empty().await;
    let db = database.open();
    let behind = db.standing(&[FIRST, SECOND]).await.unwrap();
    assert_eq!(behind.pending, ["0001_a", "0002_b"]);
    assert!(
        behind
            .refusal()
            .unwrap()
            .contains("quickconnect migrate up")
    );
    assert_eq!(db.standing(&[FIRST, SECOND]).await.unwrap(), behind);

    db.migrate(&[FIRST, SECOND]).await.unwrap();
    let well = db.standing(&[FIRST, SECOND]).await.unwrap();
    assert_eq!(well.applied, ["0001_a", "0002_b"]);
    assert_eq!(well.refusal(), None);
    let ahead = Standing {
        applied: vec!["0001_a"],
        pending: vec![],
        unknown: vec!["0002_b".to_owned()],
    };
    assert_eq!(db.standing(&[FIRST]).await.unwrap(), ahead);
    assert!(ahead.refusal().unwrap().contains("newer release"));
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing() {
    let database = TestDatabase::empty().await;
    let db = database.open();
    let broken = Migration {
        name: "0002_c",
        sql: "CREATE TABLE c (n BIGINT); INSERT INTO nowhere (n) VALUES (1)",
    };
    let failed = db.migrate(&[FIRST, broken]).await;
    assert!(matches!(failed, Err(Error::Program(_))), "{failed:?}");
    let standing = db.standing(&[FIRST]).await.unwrap();
    assert_eq!((standing.applied.len(), standing.unknown.len()), (1, 0));
    assert_eq!(db.migrate(&[FIRST, SECOND]).await.unwrap(), 1);
}
