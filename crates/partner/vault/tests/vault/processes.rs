//! One vault, used by several processes, which are stopped, killed and outrun.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ambient::{Clock, Failpoint};
use protocol::{HOUR, MINUTE, Timestamp};
use secrecy::ExposeSecret;
use uuid::Uuid;
use vault::NoToken;

use crate::house::{Opening, START, connect, folder};
use crate::platform::{MODES, Mode, Platform};
use crate::stage::APP;

const COMPANY: Uuid = Uuid::from_u128(7);

/// A process of its own that opens the vault and does as it is told, line by line.
struct Process {
    child: Child,
    orders: Option<ChildStdin>,
    lines: BufReader<std::process::ChildStdout>,
}

impl Process {
    fn start(opening: &Opening, failpoint: Option<String>) -> Process {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args([
                "--ignored",
                "--exact",
                "processes::as_a_process",
                "--nocapture",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some(failpoint) = failpoint {
            command.env("QUICKCONNECT_FAILPOINT", failpoint);
        }
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let orders = child.stdin.take();
        let mut process = Process {
            child,
            orders,
            lines,
        };
        let begin = serde_json::json!({
            "database": opening.database, "platform": opening.platform, "seed": opening.seed,
            "now": opening.clock.now().as_micros(),
        });
        process.order(&begin.to_string());
        process
    }

    fn order(&mut self, line: &str) {
        // A process that was killed takes no more orders.
        let _ = writeln!(self.orders.as_mut().unwrap(), "{line}");
    }

    /// What it answers to an order; `None` when it is dead.
    fn answer(&mut self) -> Option<String> {
        let mut line = String::new();
        while self.lines.read_line(&mut line).unwrap() > 0 {
            if let Some(answer) = line.trim().strip_prefix("answer: ") {
                return Some(answer.to_owned());
            }
            line.clear();
        }
        None
    }

    fn end(mut self) {
        self.orders = None;
        self.child.wait().unwrap();
    }
}

#[test]
#[ignore = "what other tests start as a process of its own"]
fn as_a_process() {
    let mut lines = std::io::stdin().lines().map_while(Result::ok);
    let Some(begin) = lines.next() else { return };
    let begin: serde_json::Value = serde_json::from_str(&begin).unwrap();
    let clock = Clock::starting_at(Timestamp::from_micros(begin["now"].as_i64().unwrap()));
    let opening = Opening {
        database: begin["database"].as_str().unwrap().into(),
        clock: clock.clone(),
        seed: begin["seed"].as_u64().unwrap(),
        platform: begin["platform"].as_str().unwrap().parse().unwrap(),
        stand_in: None,
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let broker = runtime.block_on(opening.open());
    for line in lines {
        let (order, number) = line.split_once(' ').unwrap();
        let number: usize = number.parse().unwrap();
        let answer = match order {
            "hours" => {
                clock.advance(HOUR * u32::try_from(number).unwrap());
                "later".to_owned()
            }
            _ => runtime.block_on(async {
                if order == "renew" {
                    broker.forget(APP, COMPANY).await;
                }
                let asking: Vec<_> = (0..number)
                    .map(|_| {
                        let broker = broker.clone();
                        tokio::spawn(async move { broker.access_token(APP, COMPANY).await })
                    })
                    .collect();
                let mut tokens = Vec::new();
                for asked in asking {
                    tokens.push(match asked.await.unwrap() {
                        Ok(token) => token.value.expose_secret().to_owned(),
                        Err(why) => why.to_string(),
                    });
                }
                tokens.dedup();
                tokens.join("; ")
            }),
        };
        println!("\nanswer: {answer}");
    }
}

async fn connected(mode: Mode, folder: &Path) -> (Platform, Opening) {
    let clock = Clock::starting_at(START);
    let platform = Platform::served(mode, clock.clone()).await;
    let opening = Opening::of(&platform, folder, clock);
    let token = platform.begin(0);
    connect(&opening.vault().await, platform.origin(), START, 7, &token).await;
    (platform, opening)
}

#[tokio::test(flavor = "multi_thread")]
async fn s46_64_workers_in_4_processes_make_one_refresh_per_expiry() {
    let folder = folder();
    let (platform, opening) = connected(Mode::Receipt, folder.path()).await;
    let mut processes: Vec<Process> = (0..4)
        .map(|number| {
            let seed = 10 + number;
            Process::start(
                &Opening {
                    seed,
                    ..opening.clone()
                },
                None,
            )
        })
        .collect();
    for expiry in 1..=5 {
        processes
            .iter_mut()
            .for_each(|process| process.order("ask 64"));
        let expected = format!("access-0-{expiry}");
        for process in &mut processes {
            assert_eq!(process.answer().as_deref(), Some(expected.as_str()));
        }
        assert_eq!(platform.refreshes(), 1, "expiry {expiry}");
        for process in &mut processes {
            process.order("hours 1");
            process.answer().unwrap();
        }
        opening.clock.advance(HOUR);
    }
    processes.into_iter().for_each(Process::end);
    assert_eq!(platform.replays(), 0);
}

fn signal(name: &str, process: u32) {
    let done = Command::new("kill")
        .args([name, &process.to_string()])
        .status();
    assert!(done.unwrap().success());
}

/// When this returns, no thread of the process runs any more: the signal alone does not see to that.
fn stop(process: u32) {
    signal("-STOP", process);
    let stopped = |task: std::io::Result<std::fs::DirEntry>| {
        let stat = std::fs::read_to_string(task.unwrap().path().join("stat"));
        // A thread that has ended meanwhile does not run either.
        let state = stat.map_or(Some('T'), |stat| {
            stat.rsplit_once(") ")
                .and_then(|(_, rest)| rest.chars().next())
        });
        state == Some('T')
    };
    let tasks = || std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    while !tasks().all(stopped) {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s48_a_holder_that_was_stopped_overwrites_nothing_newer() {
    let folder = folder();
    let (platform, opening) = connected(Mode::Window(HOUR), folder.path()).await;
    let mut slow = Process::start(&opening, None);
    let stopped = Arc::new(AtomicU32::new(0));
    let (holder, once) = (slow.child.id(), stopped.clone());
    // It has the lease, the platform has answered, and it is stopped before it can read the answer.
    platform.before_answer(move || {
        if once.swap(holder, Ordering::SeqCst) == 0 {
            stop(holder);
        }
    });
    slow.order("ask 1");
    while stopped.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    opening.clock.advance(10 * MINUTE);
    let quick = Opening {
        seed: 2,
        ..opening.clone()
    }
    .open()
    .await;
    let newer = quick.access_token(APP, COMPANY).await.ok().unwrap();
    assert_eq!(newer.value.expose_secret(), "access-0-2");

    signal("-CONT", holder);
    // It writes nothing, and hands out what counts.
    assert_eq!(slow.answer().as_deref(), Some("access-0-2"));
    slow.end();
    let after = Opening {
        seed: 3,
        ..opening.clone()
    }
    .open()
    .await;
    after.forget(APP, COMPANY).await;
    platform.set_mode(Mode::Strict);
    let next = after.access_token(APP, COMPANY).await.ok().unwrap();
    assert_eq!(next.value.expose_secret(), "access-0-3", "rt-0-2 was kept");
}

/// Kills a process at a place drawn by `seed`, then asks as the next one would. Gives whether the
/// connection was lost.
async fn killed(platform: &Platform, prepared: &Opening, mode: Mode, seed: u64) -> bool {
    let points: Vec<Failpoint> = Failpoint::ALL
        .iter()
        .copied()
        .filter(|point| {
            let area = point.as_str().split('.').next();
            matches!(area, Some("vault" | "commit"))
        })
        .collect();
    let drawn = ambient::Entropy::seeded(seed).bytes::<2>();
    let point = points[usize::from(drawn[0]) % points.len()];
    // Commits are passed while the vault opens, too.
    let hits = if point.as_str().starts_with("commit") {
        16
    } else {
        4
    };
    let hit = 1 + drawn[1] % hits;
    platform.set_mode(mode);
    platform.begin(0);
    let folder = folder();
    let opening = Opening {
        database: folder.path().join("partner.sqlite"),
        seed,
        ..prepared.clone()
    };
    std::fs::copy(&prepared.database, &opening.database).unwrap();
    let failpoint = format!("{}:{hit}", point.as_str());
    let mut process = Process::start(&opening, Some(failpoint.clone()));
    for _ in 0..5 {
        process.order("renew 1");
        if process.answer().is_none() {
            break;
        }
    }
    process.end();

    let later = Clock::starting_at(START + 10 * MINUTE);
    let next = Opening {
        clock: later,
        seed: seed + 1,
        ..opening.clone()
    };
    let next = next.open().await;
    next.forget(APP, COMPANY).await;
    let result = next.access_token(APP, COMPANY).await;
    // What a strict platform has said and nobody has written down cannot be known by anybody.
    let unsaid = [
        Failpoint::VaultAnswered,
        Failpoint::VaultOpened,
        Failpoint::VaultWritten,
        Failpoint::CommitBegun,
    ];
    match result {
        Ok(_) => false,
        Err(NoToken::NeedsReconnect) if mode == Mode::Strict && unsaid.contains(&point) => true,
        Err(why) => panic!("{mode:?}, killed at {failpoint}, seed {seed}: {why}"),
    }
}

async fn killed_in_all_modes(seeds: std::ops::Range<u64>) {
    let folder = folder();
    let (platform, prepared) = connected(Mode::Strict, folder.path()).await;
    // All of it into the one file that is copied.
    let db = db::Db::open_sqlite(&prepared.database).unwrap();
    drop(db);
    let mut lost = 0;
    let runs = seeds.end - seeds.start;
    for seed in seeds {
        let mode = MODES[usize::try_from(seed).unwrap() % MODES.len()];
        let before = platform.replays();
        lost += usize::from(killed(&platform, &prepared, mode, seed).await);
        let seen_as_theft = platform.replays() - before;
        assert!(mode == Mode::Strict || seen_as_theft == 0, "seed {seed}");
    }
    println!(
        "{runs} runs, {lost} of them lost to a strict platform between its answer and the disk"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn s47_killed_anywhere_the_next_process_gets_a_token() {
    killed_in_all_modes(0..60).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a thousand processes are killed: minutes"]
async fn s47_killed_anywhere_a_thousand_times() {
    killed_in_all_modes(1_000..2_000).await;
}
