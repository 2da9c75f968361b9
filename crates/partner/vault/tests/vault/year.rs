//! A year of outages, on a virtual clock.

use ambient::{Clock, Entropy};
use protocol::{DAY, HOUR, MINUTE};
use vault::KeeperConfig;

use crate::house::{Opening, START, connect, folder};
use crate::platform::{Mode, Platform};

/// The platform can be reached for one minute of each day, at a time of its own; the vault is
/// restarted now and then, in the middle of that minute too.
async fn year(connections: usize, per_second: u32) {
    let folder = folder();
    let clock = Clock::starting_at(START);
    let platform = Platform::new(Mode::Receipt, clock.clone());
    let opening = Opening::within(&platform, folder.path(), clock.clone());
    let config = KeeperConfig {
        per_second,
        at_once: 4,
    };
    let mut broker = opening.open().await.keeping(config);
    for number in 0..connections {
        let token = platform.begin(number);
        let number = number as u128;
        connect(
            broker.vault(),
            platform.origin(),
            clock.now(),
            number,
            &token,
        )
        .await;
    }
    platform.set_reachable(false);
    let chance = Entropy::seeded(9);
    let mut refreshed = 0;
    for day in 1..=365_u64 {
        let minute = u32::from(u16::from_be_bytes(chance.bytes())) % (24 * 60);
        for _ in 0..minute / 240 {
            clock.advance(4 * HOUR);
            broker.keep_once().await.unwrap();
        }
        clock.advance(MINUTE * (minute % 240));
        platform.set_reachable(true);
        if chance.bytes::<1>()[0] < 25 {
            let seed = day + 100;
            broker = Opening {
                seed,
                ..opening.clone()
            }
            .open()
            .await
            .keeping(config);
        }
        refreshed += broker.keep_once().await.unwrap();
        platform.set_reachable(false);
        let next_day = START + DAY * u32::try_from(day).unwrap();
        clock.advance(next_day.since(clock.now()));
        assert!(platform.soonest_expiry() > clock.now(), "day {day}");
    }
    let counts = broker.vault().count_connections().await.unwrap();
    assert_eq!(counts.connected, connections as i64);
    assert_eq!(platform.replays(), 0);
    assert!(refreshed > connections * 4, "{refreshed}");
    println!("{connections} connections, {refreshed} refreshes, none expired");
}

#[tokio::test(start_paused = true)]
async fn s51_a_year_with_one_good_minute_a_day_expires_nothing() {
    year(25, 1).await;
}

#[tokio::test(start_paused = true)]
#[ignore = "the same with 10,000 connections: minutes"]
async fn s51_a_year_of_10_000_connections_expires_nothing() {
    year(10_000, 3).await;
}
