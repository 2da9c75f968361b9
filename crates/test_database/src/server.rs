use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::process::Command;

use ambient::Entropy;
use db::{Db, Migration};
use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Client, NoTls};

/// A PostgreSQL server for tests.
#[derive(Clone)]
pub struct Server {
    address: String,
}

/// Who owns the databases: no superuser, since nothing would keep one from any row.
const OWNER: &str = "quickconnect_tests";

/// Held while a template is made, on the database that makes others.
const MAKING: &str = "SELECT pg_advisory_lock(7072)";

impl Server {
    pub fn at(address: &str) -> Server {
        Server {
            address: address.to_owned(),
        }
    }

    /// The address of a database, for its owner.
    pub fn address_of(&self, name: &str) -> String {
        let address = self.superusers_address_of(name);
        let (scheme, rest) = address.split_once("://").expect("it is an address");
        let host = rest.split_once('@').map_or(rest, |(_, host)| host);
        format!("{scheme}://{OWNER}@{host}")
    }

    /// The address with another database's name in it.
    fn superusers_address_of(&self, name: &str) -> String {
        let (server, query) = self.address.split_once('?').unwrap_or((&self.address, ""));
        let (server, _) = server.rsplit_once('/').expect("the address has a path");
        format!("{server}/{name}?{query}")
    }

    /// A new database with these tables; gives its name.
    pub async fn clone_of(&self, migrations: &[Migration]) -> String {
        let name = format!("test_{}", Entropy::System.uuid().simple());
        let client = self.connect().await;
        let owner = format!(
            "DO $$ BEGIN CREATE ROLE {OWNER} LOGIN;
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        );
        let owner = client.batch_execute(&owner).await;
        owner.expect("a superuser may make a role");
        let made = if migrations.is_empty() {
            format!("CREATE DATABASE {name} OWNER {OWNER}")
        } else {
            let template = self.template(&client, migrations).await;
            format!("CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template}")
        };
        client.batch_execute(&made).await.expect("it can be made");
        name
    }

    /// The template of these migrations, made by whichever test needs it first.
    async fn template(&self, client: &Client, migrations: &[Migration]) -> String {
        let mut hasher = DefaultHasher::new();
        OWNER.hash(&mut hasher);
        for migration in migrations {
            (migration.name, migration.sql).hash(&mut hasher);
        }
        let name = format!("template_{:016x}", hasher.finish());
        let exists = "SELECT 1 FROM pg_database WHERE datname = $1";
        if client
            .query_opt(exists, &[&name])
            .await
            .expect("answered")
            .is_some()
        {
            return name;
        }
        client
            .batch_execute(MAKING)
            .await
            .expect("the lock is given");
        if client
            .query_opt(exists, &[&name])
            .await
            .expect("answered")
            .is_none()
        {
            // Under another name until it is complete.
            let draft = format!("draft_{}", Entropy::System.uuid().simple());
            let made = client
                .batch_execute(&format!("CREATE DATABASE {draft} OWNER {OWNER}"))
                .await;
            made.expect("it can be made");
            let db = Db::open(&self.address_of(&draft)).expect("it is there");
            db.migrate(migrations).await.expect("the migrations run");
            drop(db);
            // Waits until the connection has gone.
            let renamed = client
                .batch_execute(&format!("ALTER DATABASE {draft} RENAME TO {name}"))
                .await;
            renamed.expect("nobody uses it");
        }
        let unlock = client
            .batch_execute("SELECT pg_advisory_unlock_all()")
            .await;
        unlock.expect("answered");
        name
    }

    /// A new database with the tables and rows of another, as `pg_dump` finds and leaves them; gives
    /// its name. Clones need a database that nobody is connected to.
    pub async fn copy_of(&self, name: &str) -> String {
        let copy = format!("test_{}", Entropy::System.uuid().simple());
        let admin = self.connect().await;
        let create = format!("CREATE DATABASE {copy} OWNER {OWNER}");
        let made = admin.batch_execute(&create).await;
        made.expect("it can be made");
        let dump = Command::new("pg_dump")
            .arg(self.superusers_address_of(name))
            .output();
        let dump = dump.expect("pg_dump runs");
        let said = String::from_utf8_lossy(&dump.stderr);
        assert!(dump.status.success(), "{said}");
        let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        std::fs::write(file.path(), dump.stdout).expect("writable");
        let put_back = Command::new("psql")
            .args(["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1"])
            .args(["--single-transaction", "--file"])
            .args([
                file.path().as_os_str(),
                self.superusers_address_of(&copy).as_ref(),
            ])
            .output();
        let put_back = put_back.expect("psql runs");
        let said = String::from_utf8_lossy(&put_back.stderr);
        assert!(put_back.status.success(), "{said}");
        copy
    }

    /// Statistics, the visibility of rows, and everything on the disk.
    pub async fn settle(&self, name: &str) {
        let client = connect(&self.superusers_address_of(name)).await;
        for statement in ["VACUUM (ANALYZE)", "CHECKPOINT"] {
            client.batch_execute(statement).await.expect("it is done");
        }
    }

    /// Every value of every row, one after the other.
    pub async fn content(&self, name: &str) -> Vec<u8> {
        let client = connect(&self.superusers_address_of(name)).await;
        let tables = "SELECT table_name FROM information_schema.tables
             WHERE table_schema = current_schema()";
        let mut content = Vec::new();
        for table in client.query(tables, &[]).await.expect("answered") {
            let rows = format!("SELECT * FROM {}", table.get::<_, String>(0));
            for row in client.query(&rows, &[]).await.expect("answered") {
                let values = (0..row.len()).filter_map(|at| row.get::<_, Option<Raw>>(at));
                values.for_each(|Raw(bytes)| content.extend(bytes));
            }
        }
        content
    }

    /// Waits until it is gone, whoever is connected to it.
    pub fn drop_database(&self, name: &str) {
        let (server, name) = (self.clone(), name.to_owned());
        // A runtime of its own: the test's may be ending.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime can be made").block_on(async {
                let client = server.connect().await;
                let gone = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                let _ = client.batch_execute(&gone).await;
            });
        });
        // What is left goes with the server.
        let _ = dropped.join();
    }

    async fn connect(&self) -> Client {
        connect(&self.address).await
    }
}

async fn connect(address: &str) -> Client {
    let connected = tokio_postgres::connect(address, NoTls).await;
    let (client, connection) = connected.expect("QUICKCONNECT_TEST_DATABASE names a server");
    tokio::spawn(connection);
    client
}

/// A value as it was sent, whatever its type.
struct Raw(Vec<u8>);

impl FromSql<'_> for Raw {
    fn from_sql(_: &Type, raw: &[u8]) -> Result<Raw, Box<dyn Error + Sync + Send>> {
        Ok(Raw(raw.to_vec()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
