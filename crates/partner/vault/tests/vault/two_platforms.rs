//! Two apps of one vault, each registered with a platform of its own.

use std::time::Duration;

use ambient::{Clock, Entropy};
use client::{Client, Config, Credentials, Reason};
use protocol::{AppId, DAY};
use test_database::TestDatabase;
use uuid::Uuid;
use vault::{Broker, NoToken, Vault};

use crate::house::{START, connect_to};
use crate::platform::{Mode, Platform};
use crate::stage::{APP, KEY};

const TEST_APP: AppId = AppId::from_uuid(Uuid::from_u128(0x7e57));
const STRANGER: AppId = AppId::from_uuid(Uuid::from_u128(0x57a));

struct Two {
    real: Platform,
    sandbox: Platform,
    clock: Clock,
    vault: Vault,
    broker: Broker,
    _database: TestDatabase,
}

async fn two() -> Two {
    let clock = Clock::starting_at(START);
    let real = Platform::served(Mode::Receipt, clock.clone()).await;
    let sandbox = Platform::served(Mode::Receipt, clock.clone()).await;
    let database = TestDatabase::migrated(vault::MIGRATIONS).await;
    let entropy = Entropy::seeded(4);
    let vault = Vault::open(database.open(), &KEY, clock.clone(), entropy.clone())
        .await
        .unwrap();
    let client = |platform: &Platform| {
        let config = Config {
            landing_zone: platform.origin().clone(),
            data_centers: vec![platform.origin().clone()],
            timeout: Duration::from_secs(30),
        };
        let client = Client::new(config, clock.clone(), entropy.clone()).unwrap();
        client.repeating(0)
    };
    let credentials = |client_id| Credentials {
        client_id,
        client_secret: "app secret".into(),
    };
    let broker = Broker::new(vault.clone(), client(&real), vec![credentials(APP)])
        .also_at(client(&sandbox), vec![credentials(TEST_APP)]);
    Two {
        real,
        sandbox,
        clock,
        vault,
        broker,
        _database: database,
    }
}

impl Two {
    async fn connect(&self, app: AppId, number: u128, at: &Platform) {
        let lineage = usize::try_from(number).unwrap();
        let token = match app == APP {
            true => self.real.begin(lineage),
            false => self.sandbox.begin(lineage),
        };
        let when = (at.origin(), self.clock.now());
        connect_to(app, &self.vault, when, number, &token).await;
    }
}

#[tokio::test]
async fn the_keeper_refreshes_each_apps_connections_at_its_own_platform() {
    let two = two().await;
    for number in 1..=2 {
        two.connect(APP, number, &two.real).await;
    }
    two.connect(TEST_APP, 3, &two.sandbox).await;
    two.clock.advance(DAY);
    assert_eq!(two.broker.keep_once().await.unwrap(), 3);
    assert_eq!((two.real.asked(), two.real.refreshes()), (2, 2));
    assert_eq!((two.sandbox.asked(), two.sandbox.refreshes()), (1, 1));
    let token = two
        .broker
        .access_token(TEST_APP, Uuid::from_u128(3))
        .await
        .unwrap();
    assert_eq!(&token.geolocation, two.sandbox.origin());
}

#[tokio::test]
async fn a_token_goes_to_no_origin_of_another_apps_platform() {
    let two = two().await;
    // A row that says so, as somebody who writes into the database could make it say.
    two.connect(TEST_APP, 1, &two.real).await;
    let refused = two.broker.access_token(TEST_APP, Uuid::from_u128(1)).await;
    match refused {
        Err(NoToken::Refused(refusal)) => assert_eq!(refusal.reason, Reason::ElsewhereNotAllowed),
        other => panic!("{:?}", other.map(|token| token.geolocation)),
    }
    assert_eq!((two.real.asked(), two.sandbox.asked()), (0, 0));
}

#[tokio::test]
async fn s49_a_platform_that_is_silent_holds_up_nobody_at_another() {
    let two = two().await;
    for number in 1..=6 {
        two.connect(TEST_APP, number, &two.sandbox).await;
    }
    for number in 11..=16 {
        two.connect(APP, number, &two.real).await;
    }
    two.sandbox.set_reachable(false);
    two.clock.advance(DAY);
    assert_eq!(two.broker.keep_once().await.unwrap(), 6);
    assert_eq!(two.real.refreshes(), 6);
    two.sandbox.asked();

    // While it is silent, one of its connections alone is tried; the others go on as ever.
    two.clock.advance(DAY);
    assert_eq!(two.broker.keep_once().await.unwrap(), 6);
    assert_eq!((two.real.refreshes(), two.sandbox.asked()), (6, 1));
    two.sandbox.set_reachable(true);
    two.broker.keep_once().await.unwrap();
    assert_eq!((two.real.refreshes(), two.sandbox.refreshes()), (0, 6));
}

#[tokio::test]
async fn an_app_that_stands_in_no_configuration_asks_nobody_and_its_failure_is_shown() {
    let two = two().await;
    two.connect(STRANGER, 1, &two.sandbox).await;
    two.clock.advance(DAY);
    assert_eq!(two.broker.keep_once().await.unwrap(), 0);
    assert_eq!((two.real.asked(), two.sandbox.asked()), (0, 0));
    let connection = two.vault.connection_of(STRANGER, Uuid::from_u128(1)).await;
    let failing = connection.unwrap().unwrap().failure;
    assert_eq!(failing.as_deref(), Some("configuration"));
}
