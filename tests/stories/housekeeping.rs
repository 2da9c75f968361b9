//! What has expired leaves, and nothing else does.

use std::collections::BTreeMap;
use std::time::Duration;

use protocol::DAY;
use store::housekeeping::{self, BATCH, Expiring};
use store::{App, Session, sessions};
use testkit::House;

pub async fn rows(app: &App, table: &str) -> i64 {
    let mut tx = app.db.read().await.unwrap();
    let sql = format!("SELECT COUNT(*) AS n FROM {table}");
    let row = tx.query_opt(&sql, &[]).await.unwrap().unwrap();
    row.get("n").unwrap()
}

/// Sweeps until nothing is left to remove; every batch is bounded. Gives how many rows left each
/// table.
pub async fn swept(house: &House) -> BTreeMap<&'static str, u64> {
    let mut all = BTreeMap::new();
    loop {
        let swept = housekeeping::sweep(&house.platform, house.now()).await;
        let swept = swept.unwrap().expect("nobody else holds the lease");
        assert!(swept.iter().all(|(_, gone)| *gone <= BATCH.unsigned_abs()));
        for (expiring, gone) in &swept {
            *all.entry(expiring.table()).or_default() += gone;
        }
        if swept.iter().all(|(_, gone)| *gone == 0) {
            return all;
        }
    }
}

async fn sweep(house: &House) -> u64 {
    swept(house).await.values().sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn s42_expired_rows_go_in_bounded_batches() {
    let house = House::start().await;
    let company = house.company("Brackwater");
    let session = Session {
        company: company.id,
        user: company.users[0].id,
        authenticated_at: house.now(),
        expires_at: house.now() + DAY,
    };
    let mut tx = house.write().await;
    for number in 0..1_200_u64 {
        let token = protocol::TokenHash::of(&number.to_string());
        sessions::insert(&mut tx, token, &session).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(sweep(&house).await, 0, "nothing has expired yet");

    house.advance(2 * DAY);
    let first = housekeeping::sweep(&house.platform, house.now()).await;
    let gone = first.unwrap().unwrap();
    assert!(
        gone.contains(&(Expiring::Sessions, BATCH.unsigned_abs())),
        "{gone:?}"
    );
    assert_eq!(sweep(&house).await, 700);
    assert_eq!(rows(&house.platform, "sessions").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn s42_the_database_stays_the_same_size() {
    let house = House::start().await;
    let app = house.app("Meridian");
    let companies = &house.facts.companies;
    let mut tokens = Vec::new();
    for company in companies {
        let connect = house.request_token(company, app).await;
        tokens.push(house.exchange(app, &connect).await.text("refresh_token"));
    }
    let mut sizes = Vec::new();
    for week in 1..=160 {
        house.advance(8 * DAY);
        for (company, token) in companies.iter().zip(&mut tokens) {
            let mut answer = house.refresh("glz", app, token).await;
            if answer.code() == 108 {
                // Two years are over: connected anew.
                let connect = house.request_token(company, app).await;
                answer = house.exchange(app, &connect).await;
            }
            *token = answer.text("refresh_token");
            house.advance(Duration::from_millis(1));
        }
        sweep(&house).await;
        if week == 80 || week == 160 {
            sizes.push(rows(&house.platform, "refresh_tokens").await);
        }
    }
    let [half, whole] = sizes[..] else {
        panic!("two sizes");
    };
    assert!(
        (whole - half).abs() * 20 <= half,
        "{half} rows, later {whole}"
    );
    assert_eq!(
        rows(&house.platform, "connections").await,
        companies.len() as i64
    );
    for token in &tokens {
        assert_eq!(house.refresh("glz", app, token).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_at_a_time_removes_and_another_takes_over() {
    let house = House::start().await;
    let app = &house.platform;
    let other = uuid::Uuid::from_u128(7);
    let name = "a piece of work";
    let period = Duration::from_secs(60);
    let take = async |holder| {
        let mut tx = house.write().await;
        let fence = store::leases::take(&mut tx, name, holder, period, house.now()).await;
        tx.commit().await.unwrap();
        fence.unwrap()
    };
    assert_eq!(take(app.node).await, Some(1));
    assert_eq!(take(app.node).await, Some(1), "it goes on holding it");
    assert_eq!(take(other).await, None);
    house.advance(period);
    assert_eq!(take(other).await, Some(2));
    assert_eq!(take(app.node).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn s42_of_two_nodes_one_removes_and_the_other_takes_over_when_it_has_gone() {
    let house = House::start().await;
    let second = house.second_node().await;
    let company = house.company("Brackwater");
    let expired = async |from: u64, number: u64| {
        let mut tx = house.write().await;
        for number in from..from + number {
            let session = Session {
                company: company.id,
                user: company.users[0].id,
                authenticated_at: house.now(),
                expires_at: house.now(),
            };
            let token = protocol::TokenHash::of(&number.to_string());
            sessions::insert(&mut tx, token, &session).await.unwrap();
        }
        tx.commit().await.unwrap();
    };
    let removes = async |app: &App| housekeeping::sweep(app, house.now()).await.unwrap();
    assert!(removes(&house.platform).await.is_some());
    for round in 0..5 {
        expired(round * 100, 100).await;
        // At the same time, again and again: only ever the one that holds the lease.
        let (first, other) = tokio::join!(removes(&house.platform), removes(&second.platform));
        assert!(first.is_some() && other.is_none());
        assert_eq!(rows(&house.platform, "sessions").await, 0);
        house.advance(Duration::from_secs(60));
    }
    // The first is not heard of any longer. The demo's own job may ask once more for it.
    expired(500, 100).await;
    let mut taken = None;
    for _ in 0..10 {
        house.advance(Duration::from_secs(300));
        taken = removes(&second.platform).await;
        if taken.is_some() {
            break;
        }
    }
    assert!(taken.is_some(), "the other takes over");
    assert!(removes(&house.platform).await.is_none());
    assert_eq!(rows(&second.platform, "sessions").await, 0);
}
