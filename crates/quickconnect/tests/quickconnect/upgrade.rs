//! S40: two releases side by side. Nodes of one serve, the next one's `migrate up` runs, nodes are
//! replaced one after the other, and back again; no request of a steady load fails.
//!
//! The next release is this one with further migrations, or in `cargo xtask upgrade --from REV` the
//! one before is an older revision and the next one is this.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use protocol::DAY;
use serde_json::Value;
use test_database::TestDatabase;

use crate::balancer::{Balancer, Losses};
use crate::books::{self, Client};
use crate::customer::{Customer, Wire, work};
use crate::deployment::{Deployment, Release};
use crate::node::Node;
use crate::seeds::{Random, any_seed};

const NODES: usize = 3;
const WORKERS: usize = 4;
/// Companies by how their app's tokens are signed.
const COMPANIES: [(&str, usize); 2] = [("ES256", 9), ("RS256", 3)];
/// So often each is connected at most.
const CLICKS: usize = 3;

/// What tomorrow's release adds to tables that are in use.
const EXPANSION: &str = "-- Expansion.
    ALTER TABLE refresh_tokens ADD COLUMN tomorrow TEXT NOT NULL DEFAULT 'new';
    ALTER TABLE connections ADD COLUMN tomorrow BIGINT;
    ALTER TABLE apps ADD COLUMN tomorrow BOOLEAN NOT NULL DEFAULT FALSE;
    CREATE TABLE tomorrow (id TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL);
    CREATE INDEX refresh_tokens_tomorrow ON refresh_tokens (tomorrow, issued_at);
    UPDATE connections SET tomorrow = connected_at;";

/// What it no longer needs, and today's does.
const CONTRACTION: &str = "-- Contraction.
    DROP TABLE leads;";

/// Where an older program stands: `cargo xtask upgrade` says so.
fn older_program() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "told by xtask")]
    std::env::var_os("QUICKCONNECT_OLDER").map(PathBuf::from)
}

/// The release that serves, and the one that is to.
fn releases(folder: &Path) -> (Release, Release) {
    if let Some(program) = older_program() {
        let older = Release {
            program,
            tomorrow: None,
        };
        return (older, Release::today());
    }
    std::fs::write(folder.join("9001_expand.sql"), EXPANSION).unwrap();
    let next = Release {
        tomorrow: Some(folder.to_owned()),
        ..Release::today()
    };
    (Release::today(), next)
}

/// What a deployment's command prints, which is JSON.
fn json(deployment: &Deployment, command: &str) -> Value {
    let arguments: Vec<&str> = command.split(' ').collect();
    let output = deployment.run(&arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().expect(name).to_owned()
}

/// Customers that an operator of that release has written, by its own commands: today's code may know
/// columns that are not there yet.
fn registered(deployment: &Deployment, seed: u64) -> Vec<Customer> {
    let mut customers = Vec::new();
    for (algorithm, count) in COMPANIES {
        let command = format!(
            "app create --name Ledger --grant password --grant refresh_token --scope openid \
             --scope company.read --algorithm {algorithm} --json"
        );
        let app = json(deployment, &command);
        let client = Client {
            id: text(&app, "client_id"),
            secret: text(&app, "client_secret"),
        };
        for _ in 0..count {
            let number = customers.len();
            let random = Random::seeded(seed + number as u64);
            let company = company(deployment, number);
            let token = |_| {
                let command = format!("request-token --company {company} --app {}", client.id);
                text(&json(deployment, &command), "requestToken")
            };
            let clicks = (0..CLICKS).map(token).collect();
            let company = company.parse().unwrap();
            customers.push(Customer::new(client.clone(), company, clicks, random));
        }
    }
    customers
}

/// A company and its administrator.
fn company(deployment: &Deployment, number: usize) -> String {
    let command = format!(
        "company create --name Company{number} --data-center us2 \
         --internet-domain c{number}.example --json"
    );
    let made = json(deployment, &command);
    let company = text(&made, "id");
    let command = format!(
        "user create --company {company} --login ada@c{number}.example --given-name Ada \
         --family-name Lovelace --web-services-admin --json"
    );
    json(deployment, &command);
    company
}

/// A deployment on the database, of a release.
fn deployment(database: &TestDatabase, release: &Release) -> Deployment {
    let mut deployment = Deployment::on(database.address());
    deployment.release = release.clone();
    deployment
}

#[tokio::test(flavor = "multi_thread")]
async fn s40_two_releases_serve_side_by_side_and_no_request_fails() {
    let (folder, seed) = (tempfile::tempdir().unwrap(), any_seed());
    println!("QUICKCONNECT_SEED={seed}");
    let (before, after) = releases(folder.path());
    let database = TestDatabase::empty().await;
    let mut nodes: Vec<Node> = (0..NODES)
        .map(|_| Node::start_of(deployment(&database, &before)))
        .collect();
    let customers = registered(&nodes[0].deployment, seed);
    let ports: Vec<u16> = nodes.iter().map(|node| node.deployment.port).collect();
    let balancer = Balancer::start(&ports, Losses::none()).await;
    balancer.sees_ready(NODES).await;

    let wire = Arc::new(Wire::to(balancer.address));
    let ended = Arc::new(AtomicBool::new(false));
    let enough = {
        let ended = ended.clone();
        move || ended.load(Ordering::Relaxed)
    };
    let load = tokio::spawn(work(customers, WORKERS, wire.clone(), enough));

    let next = deployment(&database, &after);
    let migrated = next.run(&["migrate", "up"]);
    let said = String::from_utf8_lossy(&migrated.stdout);
    assert!(migrated.status.success(), "{migrated:?}");
    if older_program().is_none() {
        assert_eq!(said, "applied  9001_expand\n");
    }
    let mut order: Vec<&Release> = vec![&after; NODES];
    if older_program().is_none() {
        // The one before starts on tables that the next has expanded, too: the way back.
        order = [vec![&before], order, vec![&before; NODES]].concat();
    }
    for (turn, release) in order.into_iter().enumerate() {
        books::age_all(&next, 8 * DAY).await;
        nodes[turn % NODES].replace_by(release).await;
        balancer.sees_ready(NODES).await;
    }

    ended.store(true, Ordering::Relaxed);
    let mut customers = load.await.unwrap();
    let books = books::open(&next);
    for customer in &mut customers {
        customer.is_well(&wire).await;
        customer.agrees_with(&books).await;
    }
    let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
    let tally = &wire.tally;
    println!(
        "{} calls, {} rotations, {} reconnects; {} not answered, {} answered with 503",
        count(&tally.answered),
        count(&tally.rotations),
        count(&tally.reconnects),
        count(&tally.unanswered),
        count(&tally.unavailable)
    );
    let failed = count(&tally.unanswered) + count(&tally.unavailable);
    assert_eq!(failed, 0, "requests failed");
    assert!(count(&tally.answered) > 200 && count(&tally.rotations) > 20);
}

#[tokio::test]
async fn s40_what_older_programs_need_is_taken_away_when_none_of_them_runs() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::empty().await;
    std::fs::write(folder.path().join("9001_expand.sql"), EXPANSION).unwrap();
    std::fs::write(folder.path().join("9002_contract.sql"), CONTRACTION).unwrap();
    let after = Release {
        tomorrow: Some(folder.path().to_owned()),
        ..Release::today()
    };
    let older = deployment(&database, &Release::today());
    let newer = deployment(&database, &after);
    let says = |deployment: &Deployment, command: &str| {
        let arguments: Vec<&str> = command.split(' ').collect();
        let output = deployment.run(&arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let old = older.serve().await;
    let said = says(&newer, "migrate up");
    assert!(
        said.contains("applied  9001_expand\nwaiting  9002_contract\n"),
        "{said}"
    );
    assert!(
        said.contains("quickconnect migrate up --contract"),
        "{said}"
    );
    // Both serve: the newer one needs nothing that waits.
    let new = newer.serve().await;
    assert_eq!(old.health("/readyz").await.unwrap().0, 200);

    let said = says(&newer, "migrate up --contract");
    assert_eq!(said, "applied  9002_contract\n");
    assert_eq!(new.health("/readyz").await.unwrap().0, 200);
    let (status, troubles) = old.health("/readyz").await.unwrap();
    assert_eq!(status, 503);
    assert!(troubles.contains("start a newer release"), "{troubles}");
    let refused = older.refusal();
    assert!(refused.contains("9002_contract took away"), "{refused}");
}
