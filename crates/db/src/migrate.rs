use crate::{Db, Error, values};

/// One step of a schema: a file of `migrations/`, embedded.
pub struct Migration {
    /// Its file name, as `0001_connect`: the order is the order of the list.
    pub name: &'static str,
    pub sql: &'static str,
}

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    name TEXT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL
)";

pub(crate) async fn up(db: &Db, migrations: &[Migration]) -> Result<usize, Error> {
    let mut applied = 0;
    for (position, migration) in (0_i64..).zip(migrations) {
        // Asked for inside the write lock: two processes may start at the same time.
        let mut tx = db.write().await?;
        tx.batch(LEDGER).await?;
        let known = tx
            .query_opt(
                "SELECT name FROM schema_migrations WHERE name = $1",
                &values![migration.name],
            )
            .await?;
        if known.is_some() {
            continue;
        }
        tx.batch(migration.sql).await?;
        tx.execute(
            "INSERT INTO schema_migrations (name, position) VALUES ($1, $2)",
            &values![migration.name, position],
        )
        .await?;
        tx.commit().await?;
        applied += 1;
    }
    let mut tx = db.read().await?;
    let newest = tx
        .query("SELECT name FROM schema_migrations ORDER BY position", &[])
        .await?;
    let unknown = newest.len().saturating_sub(migrations.len());
    if unknown > 0 {
        return Err(Error::Program(format!(
            "the database is {unknown} migration(s) ahead of this program: start a newer release"
        )));
    }
    Ok(applied)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Migration = Migration {
        name: "0001_a",
        sql: "CREATE TABLE a (n BIGINT)",
    };
    const SECOND: Migration = Migration {
        name: "0002_b",
        sql: "CREATE TABLE b (n BIGINT)",
    };

    #[tokio::test]
    async fn each_migration_runs_once_and_a_newer_database_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open_sqlite(&dir.path().join("x.sqlite")).unwrap();
        assert_eq!(db.migrate(&[FIRST]).await.unwrap(), 1);
        assert_eq!(db.migrate(&[FIRST, SECOND]).await.unwrap(), 1);
        assert_eq!(db.migrate(&[FIRST, SECOND]).await.unwrap(), 0);
        assert!(matches!(db.migrate(&[FIRST]).await, Err(Error::Program(_))));
    }

    #[tokio::test]
    async fn what_is_not_committed_never_happened() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open_sqlite(&dir.path().join("x.sqlite")).unwrap();
        db.migrate(&[FIRST]).await.unwrap();
        let mut tx = db.write().await.unwrap();
        tx.execute("INSERT INTO a (n) VALUES ($1)", &values![1_i64])
            .await
            .unwrap();
        drop(tx);
        let mut tx = db.write().await.unwrap();
        tx.execute(
            "INSERT INTO a (n) VALUES ($2 * 10 + $1)",
            &values![2_i64, 3_i64],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let rows = db
            .read()
            .await
            .unwrap()
            .query("SELECT n FROM a", &[])
            .await
            .unwrap();
        let numbers: Vec<i64> = rows.iter().map(|row| row.get("n").unwrap()).collect();
        assert_eq!(numbers, [32]);
    }
}
