use std::path::Path;

use ambient::Clock;
use db::{Db, Place};
use hosting::Finding;
use store::standing;

use super::PATIENCE;

const ABOUT: &str = "database";
const DISK: &str = "disk";
const MB: u64 = 1_000_000;
/// With less on the disk, commits fail soon.
const SCARCE: u64 = 200 * MB;
/// With less on the disk, an operator should know.
const LITTLE: u64 = 1_000 * MB;

/// Whether it answers and takes writes, and what its clock says.
pub async fn answers(db: &Db, clock: &Clock) -> Vec<Finding> {
    let asked = tokio::time::timeout(PATIENCE, standing::skew(db, clock)).await;
    let skew = match asked {
        Ok(Ok(skew)) => skew,
        Ok(Err(error)) => {
            return vec![Finding::failure(
                ABOUT,
                error.to_string(),
                "see that it runs, that this machine reaches it, and that nobody holds its lock",
            )];
        }
        Err(_) => {
            return vec![Finding::failure(
                ABOUT,
                format!("it gave no answer within {} s", PATIENCE.as_secs()),
                "see that it runs and that this machine reaches it",
            )];
        }
    };
    let mut findings = vec![Finding::ok(ABOUT, "it answers and can be written")];
    if let Some(skew) = skew {
        findings.push(match skew.trouble() {
            None => Finding::ok(
                "clock",
                "this machine's agrees with the database's within 30 s",
            ),
            Some(trouble) => Finding::failure(
                "clock",
                trouble,
                "tokens would expire too early or too late; chronyc tracking shows the source",
            ),
        });
    }
    findings
}

/// How it keeps texts, how large it is, and how much room it has.
pub async fn space(db: &Db, place: &Place) -> Vec<Finding> {
    let facts = match db.facts().await {
        Ok(facts) => facts,
        Err(error) => {
            let what = "see the database's own log";
            return vec![Finding::failure(ABOUT, error.to_string(), what)];
        }
    };
    let texts = match facts.refusal() {
        Some(refusal) => Finding::failure(ABOUT, refusal, "make a new one, and copy the rows"),
        None => {
            let says = format!("{}, {}, sorted by bytes", facts.engine, facts.encoding);
            Finding::ok(ABOUT, says)
        }
    };
    let (size, free) = (facts.size / MB, facts.free / MB);
    let size = match place {
        Place::File(_) => format!("{size} MB, of which {free} MB hold nothing and are used first"),
        Place::Server => format!("{size} MB"),
    };
    let mut findings = vec![texts, Finding::ok(ABOUT, size)];
    if let Place::File(path) = place {
        findings.extend(disk(path, facts.size));
        findings.extend(log(path));
    }
    findings
}

fn disk(path: &Path, size: u64) -> Option<Finding> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let disk = rustix::fs::statvfs(folder).ok()?;
    let left = disk.f_bavail.saturating_mul(disk.f_frsize);
    let says = format!("{} MB are left in {}", left / MB, folder.display());
    Some(if left < SCARCE {
        Finding::failure(DISK, says, "make room: without it nothing can be committed")
    } else if left < LITTLE.max(size) {
        Finding::warning(
            DISK,
            says,
            "make room: a backup needs as much as the database has",
        )
    } else {
        Finding::ok(DISK, says)
    })
}

/// SQLite's log is emptied as it is written; while somebody reads for long, it only grows.
fn log(path: &Path) -> Option<Finding> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let size = std::fs::metadata(log).ok()?.len();
    (size > LITTLE).then(|| {
        Finding::warning(
            DISK,
            format!("the database's write-ahead log has {} MB", size / MB),
            "find the program that has been reading for long, a backup for instance",
        )
    })
}

/// Whether the tables are those of this program.
pub async fn tables(db: &Db) -> Finding {
    let about = "tables";
    match db.standing(store::migrations()).await {
        Err(error) => Finding::failure(about, error.to_string(), "see the database's own log"),
        Ok(standing) => match (standing.refusal(), standing.unknown.is_empty()) {
            (None, false) => {
                Finding::ok(about, "those of this program, expanded by a newer release")
            }
            (None, true) => {
                let newest = standing.applied.last().copied().unwrap_or_default();
                Finding::ok(about, format!("those of this program, up to {newest}"))
            }
            (Some(refusal), true) => Finding::failure(about, refusal, "then start the nodes"),
            (Some(refusal), false) => Finding::failure(about, refusal, "and retire this one"),
        },
    }
}
