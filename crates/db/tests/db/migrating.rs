use db::{Error, Migration, Standing};
use test_database::TestDatabase;

const FIRST: Migration = Migration {
    name: "0001_a",
    sql: "CREATE TABLE a (n BIGINT)",
};
/// Takes away what programs before it need, and leaves what its own need.
const CONTRACTION: Migration = Migration {
    name: "0003_less",
    sql: "-- Contraction.\nDROP TABLE a",
};
const FOURTH: Migration = Migration {
    name: "0004_d",
    sql: "CREATE TABLE d (n BIGINT)",
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
    assert_eq!(
        db.migrate(&[FIRST]).await.unwrap(),
        0,
        "a newer one expanded it"
    );
    let other = db.migrate(&[FIRST, CONTRACTION]).await;
    assert!(matches!(other, Err(Error::Program(_))), "{other:?}");
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
        unknown: vec!["0002_b".to_owned()],
        ..Standing::default()
    };
    assert_eq!(db.standing(&[FIRST]).await.unwrap(), ahead);
    assert_eq!(ahead.refusal(), None, "it was expanded");
}

#[tokio::test]
async fn s40_a_contraction_waits_until_it_is_asked_for_and_ends_older_programs() {
    let database = TestDatabase::empty().await;
    let db = database.open();
    let (older, newer) = ([FIRST, SECOND], [FIRST, SECOND, CONTRACTION]);
    db.migrate(&older).await.unwrap();
    assert_eq!(db.migrate(&newer).await.unwrap(), 0);
    let waiting = db.standing(&newer).await.unwrap();
    assert_eq!(waiting.pending, ["0003_less"]);
    assert_eq!(
        waiting.refusal(),
        None,
        "programs of its release do without"
    );

    // What comes behind it must wait with it.
    let newest = [FIRST, SECOND, CONTRACTION, FOURTH];
    assert_eq!(db.migrate(&newest).await.unwrap(), 0);
    let refusal = db.standing(&newest).await.unwrap().refusal().unwrap();
    assert!(refusal.contains("migrate up --contract"), "{refusal}");

    assert_eq!(db.contract(&newest).await.unwrap(), 2);
    let older = db.standing(&older).await.unwrap().refusal().unwrap();
    assert!(older.contains("start a newer release"), "{older}");
    let newer = db.standing(&newer).await.unwrap();
    assert_eq!((newer.unknown.len(), newer.refusal()), (1, None));
}

#[tokio::test]
async fn s40_a_database_without_tables_gets_all_of_them() {
    let database = TestDatabase::empty().await;
    let db = database.open();
    let all = [FIRST, CONTRACTION, FOURTH];
    assert_eq!(db.migrate(&all).await.unwrap(), 3);
    assert_eq!(db.standing(&all).await.unwrap().refusal(), None);
}

#[tokio::test]
async fn s40_what_was_applied_before_kinds_were_recorded_stands() {
    let database = TestDatabase::empty().await;
    let db = database.open();
    let mut tx = db.write().await.unwrap();
    tx.batch(
        "CREATE TABLE schema_migrations (name TEXT NOT NULL PRIMARY KEY, position BIGINT NOT NULL);
         CREATE TABLE a (n BIGINT);
         INSERT INTO schema_migrations (name, position) VALUES ('0001_a', 0)",
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let behind = db.standing(&[FIRST, SECOND]).await.unwrap();
    assert_eq!(
        (behind.applied, behind.missing),
        (vec!["0001_a"], vec!["0002_b"])
    );
    assert_eq!(db.migrate(&[FIRST, SECOND]).await.unwrap(), 1);
    assert_eq!(db.standing(&[FIRST]).await.unwrap().refusal(), None);
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
