//! Copies of a SQLite file, and putting one in its place. PostgreSQL has programs of its own for that.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use db::{Db, Error, SqliteFile};

async fn count(db: &Db) -> i64 {
    let mut tx = db.read().await.unwrap();
    let row = tx.query_opt("SELECT COUNT(*) AS n FROM a", &[]).await;
    row.unwrap().unwrap().get("n").unwrap()
}

async fn made(path: &Path) -> Db {
    let db = Db::open_sqlite(path).unwrap();
    let mut tx = db.write().await.unwrap();
    tx.batch("CREATE TABLE a (n BIGINT); INSERT INTO a (n) VALUES (1)")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    db
}

#[track_caller]
fn told(outcome: Result<impl Sized, Error>) -> String {
    match outcome {
        Ok(_) => panic!("it should be refused"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn s41_a_copy_is_one_state_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("a.sqlite"), folder.path().join("copy"));
    let db = made(&from).await;
    // Begun and not committed: it is no part of any state yet.
    let mut open = db.write().await.unwrap();
    let insert = "INSERT INTO a (n) VALUES (2)";
    open.execute(insert, &[]).await.unwrap();
    SqliteFile::at(&from).copy_to(&to).unwrap();
    open.commit().await.unwrap();
    assert_eq!(count(&db).await, 2);
    assert_eq!(count(&Db::open_sqlite(&to).unwrap()).await, 1);
    let mode = std::fs::metadata(&to).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_copy_is_never_written_over_and_never_half_there() {
    let folder = tempfile::tempdir().unwrap();
    let from = folder.path().join("a.sqlite");
    drop(made(&from).await);
    let there = folder.path().join("there");
    std::fs::write(&there, "somebody's").unwrap();
    assert!(told(SqliteFile::at(&from).copy_to(&there)).contains("there already"));
    assert_eq!(std::fs::read(&there).unwrap(), b"somebody's");

    let damaged = folder.path().join("damaged");
    let mut bytes = std::fs::read(&from).unwrap();
    bytes.truncate(bytes.len() / 2);
    std::fs::write(&damaged, &bytes).unwrap();
    let to = folder.path().join("to");
    told(SqliteFile::at(&damaged).copy_to(&to));
    told(SqliteFile::at(&folder.path().join("nothing")).copy_to(&to));
    for path in [&to, &folder.path().join("to.part")] {
        assert!(!path.exists(), "{}", path.display());
    }
}

#[tokio::test]
async fn a_database_that_is_open_is_not_replaced_and_a_replaced_one_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (path, new) = (folder.path().join("a.sqlite"), folder.path().join("new"));
    let db = made(&path).await;
    let file = SqliteFile::at(&path);
    file.copy_to(&new).unwrap();
    let mut tx = db.write().await.unwrap();
    tx.execute("INSERT INTO a (n) VALUES (2)", &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(file.alone(), Err(Error::Unavailable(_))));
    assert_eq!(count(&db).await, 2, "it goes on");
    drop(db);

    let aside = file.beside(".replaced");
    file.alone().unwrap().replace(&new, &aside).unwrap();
    assert_eq!(count(&Db::open_sqlite(&path).unwrap()).await, 1);
    assert_eq!(count(&Db::open_sqlite(&aside).unwrap()).await, 2);
    assert!(!new.exists());
}

#[tokio::test]
async fn a_log_without_its_database_is_no_place_for_another() {
    let folder = tempfile::tempdir().unwrap();
    let file = SqliteFile::at(&folder.path().join("a.sqlite"));
    std::fs::write(file.beside("-wal"), "of another").unwrap();
    assert!(told(file.alone()).contains("-wal"));
    std::fs::remove_file(file.beside("-wal")).unwrap();
    assert!(file.alone().is_ok());
}
