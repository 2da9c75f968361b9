//! Rows that no command shows or changes.

use db::{Db, Migration, Tx, Value, values};
use sandbox::AppFacts;
use testkit::House;

/// What jobs write, whatever people do.
pub const JOBS: [&str; 6] = [
    "leases",
    "audit_head",
    "signing_keys",
    "watermarks",
    "usage",
    "alarms",
];

/// Every row of the platform's and the partner's database, as a line of text.
pub async fn stored(house: &House) -> Vec<String> {
    let [platform, partner] = house.databases();
    let mut lines = rows(&platform, store::MIGRATIONS).await;
    lines.extend(rows(&partner, vault::MIGRATIONS).await);
    lines.sort();
    lines
}

/// The names of all tables that these make.
pub fn tables(migrations: &[Migration]) -> impl Iterator<Item = &'static str> {
    let statements = migrations
        .iter()
        .flat_map(|migration| migration.sql.lines());
    statements.filter_map(|line| {
        let (name, _) = line.strip_prefix("CREATE TABLE ")?.split_once(' ')?;
        Some(name)
    })
}

async fn rows(db: &Db, migrations: &[Migration]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut tx = db.read().await.unwrap();
    for table in tables(migrations).filter(|table| !JOBS.contains(table)) {
        let sql = match table {
            // An event is chained some time after it was written, and keys change by themselves.
            "audit_events" => {
                "SELECT id FROM audit_events WHERE action <> 'signing_key_changed'".to_owned()
            }
            table => format!("SELECT * FROM {table}"),
        };
        for row in tx.query(&sql, &[]).await.unwrap() {
            lines.push(format!("{table} {row:?}"));
        }
    }
    lines
}

/// Writes a column of an app.
pub async fn set_app(house: &House, app: &AppFacts, column: &str, value: Option<String>) {
    let sql = format!("UPDATE apps SET {column} = $2 WHERE client_id = $1");
    let tx = house.write().await;
    one_row(tx, &sql, &values![app.client_id.to_string(), value]).await;
}

/// Switches the secret that an app came with off, or on again.
pub async fn switch_secret(house: &House, app: &AppFacts, active: bool) {
    let sql = "UPDATE app_secrets SET active = $3 WHERE client_id = $1 AND secret_hash = $2";
    let hash = house.platform.client_secret_hash(&app.client_secret);
    let parameters = values![app.client_id.to_string(), hash.as_bytes(), active];
    one_row(house.write().await, sql, &parameters).await;
}

async fn one_row(mut tx: Tx, sql: &str, parameters: &[Value]) {
    assert_eq!(tx.execute(sql, parameters).await.unwrap(), 1);
    tx.commit().await.unwrap();
}
