//! The second wall between companies, on PostgreSQL: what a statement would find or change that
//! forgot to name its company (S35).

use db::{Db, Error, Tx, values};
use testkit::House;

async fn numbers(tx: &mut Tx, sql: &str) -> Vec<i64> {
    let rows = tx.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get("number").unwrap()).collect()
}

/// The tables of which rows belong to companies, but that of the companies themselves.
async fn tables(db: &Db) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let sql = "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.columns
         WHERE table_schema = current_schema() AND column_name = 'company_id'
         ORDER BY table_name";
    let rows = tx.query(sql, &[]).await.unwrap();
    let tables: Vec<String> = rows.iter().map(|row| row.get("name").unwrap()).collect();
    assert!(tables.len() >= 12, "{tables:?}");
    tables
}

/// A table with `company_id` that a migration adds calls `separate_companies` in that migration.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn s35_every_table_of_companies_stands_behind_the_wall() {
    let house = House::start().await;
    let db = &house.platform.db;
    let mut all = tables(db).await;
    all.push("companies".to_owned());
    let mut tx = db.read().await.unwrap();
    for table in all {
        let sql =
            "SELECT COUNT(*) AS number FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid
             WHERE relname = $1 AND relrowsecurity AND relforcerowsecurity
               AND polname = 'own_company'";
        let row = tx.query_opt(sql, &values![&table]).await.unwrap().unwrap();
        assert_eq!(row.get::<i64>("number").unwrap(), 1, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn s35_a_statement_without_its_company_finds_rows_of_its_own_alone() {
    let house = House::start().await;
    let (db, company) = (&house.platform.db, house.company("Brackwater").id);
    let mut others = 0;
    for table in tables(db).await {
        let foreign = format!(
            "SELECT COUNT(*) AS number FROM {table}
             WHERE company_id IS NULL OR company_id <> '{company}'"
        );
        let mut within = db.read_within(company).await.unwrap();
        assert_eq!(numbers(&mut within, &foreign).await, [0], "{table}");
        let mut across = db.read().await.unwrap();
        others += numbers(&mut across, &foreign).await[0];
    }
    assert!(
        others > 100,
        "there would have been something to find: {others}"
    );
    let users = "SELECT COUNT(*) AS number FROM users";
    let mut within = db.read_within(company).await.unwrap();
    let own = numbers(&mut within, users).await[0];
    assert_eq!(own, house.company("Brackwater").users.len() as i64);
    let companies = "SELECT COUNT(*) AS number FROM companies";
    assert_eq!(numbers(&mut within, companies).await, [1]);
    // A connection that was told nothing sees nothing, and the next transaction is as usual.
    let mut tx = db.write().await.unwrap();
    tx.batch("SET LOCAL quickconnect.company = ''")
        .await
        .unwrap();
    assert_eq!(numbers(&mut tx, users).await, [0]);
    drop(tx);
    let mut across = db.read().await.unwrap();
    assert!(numbers(&mut across, users).await[0] > own);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn s35_rows_of_another_company_are_neither_written_nor_changed() {
    let house = House::start().await;
    let db = &house.platform.db;
    let (own, other) = (house.company("Brackwater"), house.company("Vireo"));
    let all = "UPDATE users SET title = 'changed'";
    for confined in [
        db.write_within(own.id).await,
        db.write_alone_within(own.id).await,
    ] {
        let mut tx = confined.unwrap();
        let changed = tx.execute(all, &[]).await.unwrap();
        assert_eq!(changed, own.users.len() as u64);
        let sql = "DELETE FROM expense_reports WHERE company_id = $1";
        let gone = tx.execute(sql, &values![other.id.to_string()]).await;
        assert_eq!(gone.unwrap(), 0);
    }
    let attempt = "INSERT INTO connect_attempts
           (company_id, id, user_id, listing_id, state, started_at)
         VALUES ($1, 'a', 'b', 'c', 'pending', 0)";
    let moved = "UPDATE users SET company_id = $1";
    for sql in [attempt, moved] {
        let mut tx = db.write_within(own.id).await.unwrap();
        let refused = tx.execute(sql, &values![other.id.to_string()]).await;
        let Err(Error::Program(why)) = refused else {
            panic!("{sql}: {refused:?}");
        };
        assert!(why.contains("row-level security"), "{why}");
    }
    let mut tx = db.write_within(own.id).await.unwrap();
    let written = tx.execute(attempt, &values![own.id.to_string()]).await;
    assert_eq!(written.unwrap(), 1);
}
