//! S40: rows that former releases wrote are read by this one. `../old_rows/README.md` tells where the
//! files come from.

use db::{Db, Value as Cell};
use protocol::DAY;
use serde::Deserialize;
use serde_json::{Map, Value};
use test_database::TestDatabase;

use crate::deployment::{Deployment, Served};

const FORMER: [&str; 1] = [include_str!("../old_rows/platform_0011.json")];

/// Since the rows were written, as far as lifetimes can tell.
const AGE: std::time::Duration = DAY;
/// The audit log's hashes cover its instants.
const CHAINED: [&str; 2] = ["audit_events", "audit_head"];
/// Jobs take rows away that are of no use any longer.
const PASSING: [&str; 3] = ["sessions", "leases", "revoked_access_tokens"];

#[derive(Deserialize)]
struct Former {
    /// The newest migration of that release.
    newest: String,
    /// When the rows were written, in microseconds since 1970.
    at: i64,
    key_secret: String,
    company: String,
    login: String,
    client_id: String,
    client_secret: String,
    refresh_token: String,
    /// In an order in which references are kept.
    tables: Vec<(String, Vec<Map<String, Value>>)>,
}

impl Former {
    /// Writes the rows, as if all had happened a day ago.
    async fn write_to(&self, db: &Db) {
        let mut tx = db.write().await.unwrap();
        for (table, rows) in &self.tables {
            for row in rows {
                let names: Vec<&str> = row.keys().map(String::as_str).collect();
                let places: Vec<String> = (1..=row.len()).map(|at| format!("${at}")).collect();
                let cells: Vec<Cell> = row.values().map(|value| self.cell(table, value)).collect();
                let sql = format!(
                    "INSERT INTO {table} ({}) VALUES ({})",
                    names.join(", "),
                    places.join(", ")
                );
                tx.execute(&sql, &cells).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
    }

    fn cell(&self, table: &str, value: &Value) -> Cell {
        match value {
            Value::Null => Cell::Null,
            Value::Bool(flag) => Cell::Bool(*flag),
            Value::String(text) => Cell::Text(text.clone()),
            Value::Object(bytes) => Cell::Bytes(from_hex(bytes["bytes"].as_str().unwrap())),
            Value::Number(number) => {
                let number = number.as_i64().unwrap();
                let instants = self.at - 400 * micros(DAY)..self.at + 4_000 * micros(DAY);
                if instants.contains(&number) && !CHAINED.contains(&table) {
                    let now = ambient::Clock::System.now().as_micros();
                    Cell::Int(number + now - micros(AGE) - self.at)
                } else {
                    Cell::Int(number)
                }
            }
            Value::Array(_) => panic!("no column holds a list"),
        }
    }
}

fn micros(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap()
}

fn from_hex(text: &str) -> Vec<u8> {
    let pair = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(pair).collect()
}

async fn count(db: &Db, table: &str) -> usize {
    let mut tx = db.read().await.unwrap();
    let sql = format!("SELECT COUNT(*) AS n FROM {table}");
    let row = tx.query_opt(&sql, &[]).await.unwrap().unwrap();
    usize::try_from(row.get::<i64>("n").unwrap()).unwrap()
}

/// What a command prints.
fn says(deployment: &Deployment, command: &str) -> String {
    let arguments: Vec<&str> = command.split(' ').collect();
    let output = deployment.run(&arguments);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

async fn refresh(served: &Served, former: &Former) -> Value {
    let form = [
        ("client_id", former.client_id.as_str()),
        ("client_secret", &former.client_secret),
        ("grant_type", "refresh_token"),
        ("refresh_token", &former.refresh_token),
    ];
    let asked = ("us2.api.example", "/oauth2/v0/token");
    let (status, answer) = served.post(asked, &form).await.expect("answered");
    assert_eq!(status, 200, "{answer}");
    serde_json::from_str(&answer).unwrap()
}

#[tokio::test]
async fn s40_what_former_releases_wrote_is_read_by_this_one() {
    for file in FORMER {
        let former: Former = serde_json::from_str(file).unwrap();
        let database = TestDatabase::empty().await;
        let db = database.open();
        let migrations = store::migrations();
        let then = migrations.iter().position(|one| one.name == former.newest);
        let then = then.expect("migrations keep their names") + 1;
        assert!(then < migrations.len());
        db.migrate(&migrations[..then]).await.unwrap();
        former.write_to(&db).await;

        let mut deployment = Deployment::on(database.address());
        deployment.database = Some(database);
        let us2 = "us2 = \"https://us2.api.example\"";
        deployment.configure(|text| {
            text.replace(us2, &format!("{us2}\neu2 = \"https://eu2.api.example\""))
        });
        std::fs::write(deployment.path("platform.key"), &former.key_secret).unwrap();
        says(&deployment, "migrate up --contract");
        for (table, rows) in &former.tables {
            assert!(
                count(&db, table).await >= rows.len(),
                "rows of {table} are lost"
            );
        }

        let served = deployment.started().await;
        let answer = refresh(&served, &former).await;
        let token = answer["access_token"].as_str().unwrap();
        let asked = ("us2.api.example", "/profile/v1/me");
        let (status, profile) = served.get_as(asked, token).await.expect("answered");
        assert_eq!(status, 200, "{profile}");
        assert!(profile.contains(&former.company), "{profile}");

        let listed = says(&deployment, "company list --json");
        assert!(listed.contains(&former.company), "{listed}");
        let listed = says(&deployment, "app list --json");
        assert!(listed.contains(&former.client_id), "{listed}");
        let listed = says(
            &deployment,
            &format!("user list --company {} --json", former.company),
        );
        assert!(listed.contains(&former.login), "{listed}");
        says(&deployment, "audit verify");
        for (table, rows) in &former.tables {
            let kept = count(&db, table).await;
            assert!(
                kept >= rows.len() || PASSING.contains(&table.as_str()),
                "rows of {table} are lost: {kept} of {}",
                rows.len()
            );
        }
    }
}
