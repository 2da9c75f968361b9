//! The tables of a database, as an operator brings them up to a release.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use db::values;
use serde_json::{Value, json};
use tempfile::TempDir;
use test_database::TestDatabase;

struct Operator {
    dir: TempDir,
    database: TestDatabase,
}

impl Operator {
    async fn new() -> Operator {
        let dir = tempfile::tempdir().unwrap();
        let database = TestDatabase::empty().await;
        std::fs::write(dir.path().join("address"), database.address()).unwrap();
        Operator { dir, database }
    }

    fn address_file(&self) -> PathBuf {
        self.dir.path().join("address")
    }

    fn migrate(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_quickconnect"))
            .arg("migrate")
            .args(arguments)
            .arg("--database-file")
            .arg(self.address_file())
            .stdin(Stdio::null())
            .output()
            .expect("it runs")
    }

    #[track_caller]
    fn says(&self, arguments: &[&str]) -> String {
        let output = self.migrate(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn status(&self) -> Value {
        serde_json::from_str(&self.says(&["status", "--json"])).unwrap()
    }
}

#[tokio::test]
async fn s40_a_dry_run_prints_the_sql_and_changes_nothing() {
    let operator = Operator::new().await;
    let printed = operator.says(&["up", "--dry-run"]);
    for migration in store::MIGRATIONS {
        assert!(printed.contains(migration.sql), "{}", migration.name);
    }
    assert_eq!(operator.status()["applied"], json!([]));

    let applied = operator.says(&["up"]);
    let newest = store::MIGRATIONS.last().unwrap().name;
    assert!(
        applied.ends_with(&format!("applied  {newest}\n")),
        "{applied}"
    );
    assert_eq!(operator.status()["pending"], json!([]));
    assert_eq!(operator.says(&["up", "--dry-run"]), "");
    assert_eq!(operator.says(&["up"]), "nothing was to do\n");
}

#[tokio::test]
async fn s40_many_may_migrate_one_database_at_once() {
    let operator = Operator::new().await;
    let up = || operator.migrate(&["up"]).status.success();
    std::thread::scope(|threads| {
        let all: Vec<_> = (0..6).map(|_| threads.spawn(up)).collect();
        for one in all {
            assert!(one.join().unwrap());
        }
    });
    assert_eq!(operator.status()["pending"], json!([]));
}

#[tokio::test]
async fn s40_what_a_newer_release_has_migrated_is_left_alone() {
    let operator = Operator::new().await;
    operator.says(&["up"]);
    let mut tx = operator.database.open().write().await.unwrap();
    tx.execute(
        "INSERT INTO schema_migrations (name, position) VALUES ($1, $2)",
        &values!["9999_tomorrow", 9_999_i64],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(operator.status()["unknown"], json!(["9999_tomorrow"]));
    let refused = operator.migrate(&["up"]);
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("start a newer release"), "{said}");
}

#[tokio::test]
async fn a_partner_has_tables_of_its_own() {
    let operator = Operator::new().await;
    operator.says(&["up", "--partner"]);
    let status = operator.says(&["status", "--partner"]);
    assert!(status.starts_with("applied  0001_vault\n"), "{status}");
    assert!(
        status.ends_with("the tables are those of this program\n"),
        "{status}"
    );
}
