//! A database for each test: a SQLite file, or with `QUICKCONNECT_TEST_DATABASE=postgres://…` a
//! database on that server, cloned from a migrated template and dropped with the test.
//!
//! The address is that of a database to which an owner of databases connects to make others; the
//! server is one for tests alone. `cargo xtask test` starts one and runs the suite on both engines.

mod copies;
mod line;
mod proxy;
mod server;

use db::{Db, Migration, SqliteFile, Tx};
use tempfile::TempDir;

pub use copies::add_copies;
pub use line::Line;
pub use proxy::{Network, Proxy};

use server::Server;

const ENGINE: &str = "QUICKCONNECT_TEST_DATABASE";

pub struct TestDatabase {
    place: Place,
}

enum Place {
    File(TempDir),
    Server(Server, String),
}

impl TestDatabase {
    /// Without any table.
    pub async fn empty() -> TestDatabase {
        TestDatabase::migrated(&[]).await
    }

    /// On PostgreSQL with these tables, which a clone has sooner than a migration makes them. On
    /// SQLite empty: whoever opens it migrates.
    pub async fn migrated(migrations: &[Migration]) -> TestDatabase {
        let place = match server() {
            Some(server) => {
                let name = server.clone_of(migrations).await;
                Place::Server(server, name)
            }
            None => Place::File(tempfile::tempdir().expect("a temporary folder can be made")),
        };
        TestDatabase { place }
    }

    /// As a configuration names it.
    pub fn address(&self) -> String {
        match &self.place {
            Place::File(folder) => format!("sqlite:{}", folder.path().join("db.sqlite").display()),
            Place::Server(server, name) => server.address_of(name),
        }
    }

    pub fn open(&self) -> Db {
        Db::open(&self.address()).expect("it is there")
    }

    /// Another way to it, which can be cut.
    pub fn line(&self) -> Line {
        Line::to(&self.address())
    }

    /// Another database with everything that stands in this one now, as a backup has it.
    pub async fn copy(&self) -> TestDatabase {
        let place = match &self.place {
            Place::File(folder) => {
                let copy = tempfile::tempdir().expect("a temporary folder can be made");
                let from = SqliteFile::at(&folder.path().join("db.sqlite"));
                from.copy_to(&copy.path().join("db.sqlite"))
                    .expect("it can be copied");
                Place::File(copy)
            }
            Place::Server(server, name) => {
                Place::Server(server.clone(), server.copy_of(name).await)
            }
        };
        TestDatabase { place }
    }

    /// Does now what a server does by and by to a database that was just filled, so that it does not
    /// fall into what is measured.
    pub async fn settle(&self) {
        if let Place::Server(server, name) = &self.place {
            server.settle(name).await;
        }
    }

    /// A network of its own to it, which can be broken. PostgreSQL only.
    pub async fn proxy(&self) -> Proxy {
        match &self.place {
            Place::File(_) => panic!("no network leads to a file"),
            Place::Server(..) => Proxy::before(&self.address()).await,
        }
    }

    /// Until it is dropped, nothing can be written: another process holds the database.
    pub async fn hold(&self) -> Tx {
        hold(&self.open()).await
    }

    /// Whether these bytes stand anywhere in it, as they are.
    pub async fn holds(&self, text: &str) -> bool {
        let content = match &self.place {
            Place::File(folder) => {
                // Read by another process: closing a file here would give up SQLite's locks on it.
                let files = std::fs::read_dir(folder.path()).expect("it is there");
                let files = files.map(|file| file.expect("listed").path());
                let read = std::process::Command::new("cat").args(files).output();
                read.expect("cat runs").stdout
            }
            Place::Server(server, name) => server.content(name).await,
        };
        content
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    }
}

/// As [`TestDatabase::hold`], for as long as the test likes: who is alive is not taken for a node
/// that has gone.
pub async fn hold(db: &Db) -> Tx {
    let mut tx = db.write().await.expect("nobody else holds it");
    let begun = match db {
        Db::Sqlite(_) => "SELECT 1 AS held",
        Db::Postgres(_) => "SET LOCAL idle_in_transaction_session_timeout = 0",
    };
    tx.batch(begun).await.expect("nobody else holds it");
    tx
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration but their environment"
)]
fn server() -> Option<Server> {
    let address = std::env::var(ENGINE).ok()?;
    Some(Server::at(&address))
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Place::Server(server, name) = &self.place {
            server.drop_database(name);
        }
    }
}
