//! A vault that was restored from a backup.

use std::path::Path;

use ambient::Clock;
use protocol::{DAY, HOUR};
use uuid::Uuid;
use vault::{Health, NoToken};

use crate::house::{Opening, START, connect, folder};
use crate::platform::{Mode, Platform};
use crate::stage::APP;

const COMPANY: Uuid = Uuid::from_u128(1);

/// A vault with a connection, in a folder with a marker; it is closed again.
async fn begun(folder: &Path, mode: Mode) -> (Platform, Opening) {
    let clock = Clock::starting_at(START);
    let platform = Platform::new(mode, clock.clone());
    let opening = Opening::within(&platform, folder, clock);
    let vault = opening.vault().await;
    assert!(!vault.marked_by(&folder.join("marker")).await.unwrap());
    let token = platform.begin(1);
    connect(&vault, platform.origin(), START, 1, &token).await;
    (platform, opening)
}

fn back_up(opening: &Opening) -> Vec<u8> {
    std::fs::read(&opening.database).unwrap()
}

fn restore(opening: &Opening, backup: &[u8]) {
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", opening.database.display()));
    }
    std::fs::write(&opening.database, backup).unwrap();
}

async fn use_it(folder: &Path, opening: &Opening, hours: u32) {
    let broker = opening.open().await;
    assert!(
        !broker
            .vault()
            .marked_by(&folder.join("marker"))
            .await
            .unwrap()
    );
    for _ in 0..hours {
        opening.clock.advance(HOUR);
        assert!(broker.access_token(APP, COMPANY).await.is_ok());
    }
}

#[tokio::test]
async fn s59_a_spent_token_of_a_backup_is_never_presented() {
    let folder = folder();
    let (platform, opening) = begun(folder.path(), Mode::Receipt).await;
    let backup = back_up(&opening);
    use_it(folder.path(), &opening, 3).await;
    restore(&opening, &backup);

    let broker = opening.open().await;
    let marker = folder.path().join("marker");
    assert!(broker.vault().marked_by(&marker).await.unwrap());
    opening.clock.advance(HOUR);
    platform.refreshes();
    let refused = broker.access_token(APP, COMPANY).await;
    assert!(matches!(refused, Err(NoToken::NeedsReconnect)));
    assert_eq!((platform.refreshes(), platform.replays()), (0, 0));
    let filter = vault::ConnectionFilter {
        health: Some(Health::NeedsReconnect),
        limit: 10,
        ..vault::ConnectionFilter::default()
    };
    let (list, total) = broker.vault().connections(&filter).await.unwrap();
    assert_eq!((list[0].connection.principal, total), (COMPANY, 1));
    drop(broker);
    // Told once: the next start finds nothing new.
    let again = opening.vault().await;
    assert!(!again.marked_by(&marker).await.unwrap());
}

#[tokio::test]
async fn s59_a_backup_whose_tokens_still_stand_loses_nothing() {
    let folder = folder();
    let (platform, opening) = begun(folder.path(), Mode::Window(30 * DAY)).await;
    let backup = back_up(&opening);
    use_it(folder.path(), &opening, 3).await;
    restore(&opening, &backup);
    let broker = opening.open().await;
    let marker = folder.path().join("marker");
    assert!(broker.vault().marked_by(&marker).await.unwrap());
    assert!(broker.access_token(APP, COMPANY).await.is_ok());
    assert_eq!(platform.replays(), 0);
}

#[tokio::test]
async fn s59_a_process_notices_that_its_database_was_replaced() {
    let folder = folder();
    let (platform, opening) = begun(folder.path(), Mode::Receipt).await;
    let backup = back_up(&opening);
    let broker = opening.open().await;
    for _ in 0..3 {
        opening.clock.advance(HOUR);
        assert!(broker.access_token(APP, COMPANY).await.is_ok());
    }
    // The rows of the backup, written over those of the running database.
    let older = Opening {
        database: folder.path().join("older.sqlite"),
        ..opening.clone()
    };
    restore(&older, &backup);
    let db = db::Db::open_sqlite(&opening.database).unwrap();
    let mut tx = db.write().await.unwrap();
    tx.execute("UPDATE watermarks SET value = 1", &[])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    platform.refreshes();
    opening.clock.advance(HOUR);
    broker.keep_once().await.unwrap();
    assert_eq!(
        platform.refreshes(),
        1,
        "asked about first, active, and refreshed"
    );
    assert_eq!(platform.replays(), 0);
}

#[tokio::test]
async fn s59_where_nothing_can_be_asked_the_token_is_presented() {
    let folder = folder();
    let (platform, opening) = begun(folder.path(), Mode::SameValue).await;
    platform.without_introspection();
    let broker = opening.open().await;
    assert_eq!(broker.vault().restored().await.unwrap(), 1);
    assert!(broker.access_token(APP, COMPANY).await.is_ok());
    platform.set_reachable(false);
    opening.clock.advance(HOUR);
    broker.vault().restored().await.unwrap();
    let waits = broker.access_token(APP, COMPANY).await;
    assert!(matches!(waits, Err(NoToken::Refused(why)) if why.is_transient()));
    platform.revoke(1);
    platform.set_reachable(true);
    let gone = broker.access_token(APP, COMPANY).await;
    assert!(matches!(gone, Err(NoToken::NeedsReconnect)));
}
