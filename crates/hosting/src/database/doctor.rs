use std::path::Path;
use std::time::Duration;

use ambient::Clock;
use db::{Db, Migration, Options, Place, Standing};

use super::{ABOUT, NamedDatabase};
use crate::{Finding, folder_of};

/// Longer than a database that is well takes to answer.
const PATIENCE: Duration = Duration::from_secs(10);
const DISK: &str = "disk";
const TABLES: &str = "tables";
const MB: u64 = 1_000_000;
/// With less on the disk, commits fail soon.
const SCARCE: u64 = 200 * MB;
/// With less on the disk, an operator should know.
const LITTLE: u64 = 1_000 * MB;

/// The tables that a program needs.
#[derive(Clone, Copy)]
pub struct Tables {
    pub migrations: &'static [Migration],
    /// Why a program of these migrations refuses a database that stands so.
    pub refusal: fn(&Standing) -> Option<String>,
    /// The command that makes them.
    pub make: &'static str,
}

impl NamedDatabase<'_> {
    /// Looks at a database as it is, whether or not somebody serves it. It is given as well where its
    /// tables can be read.
    pub async fn examined(self, tables: Tables, clock: &Clock) -> (Option<Db>, Vec<Finding>) {
        let (db, place) = match self.existing(tables) {
            Ok(opened) => opened,
            Err(finding) => return (None, vec![finding]),
        };
        let mut findings = answers(&db, clock).await;
        if findings.iter().any(Finding::is_failure) {
            return (None, findings);
        }
        findings.extend(space(&db, &place).await);
        let standing = tables.finding(&db).await;
        let readable = !standing.is_failure();
        findings.push(standing);
        (readable.then_some(db), findings)
    }

    fn existing(self, tables: Tables) -> Result<(Db, Place), Finding> {
        let unusable = |error: db::Error| {
            Finding::failure(
                ABOUT,
                error.to_string(),
                "correct its address, or let the program's user read and write it",
            )
        };
        let address = self.address()?;
        let place = Place::parse(&address).map_err(unusable)?;
        if let Place::File(path) = &place
            && !path.exists()
        {
            // Opening it would make it.
            return Err(Finding::failure(
                ABOUT,
                format!("{} is not there", path.display()),
                format!("make it with: {}", tables.make),
            ));
        }
        let options = Options { connections: 2 };
        let db = Db::open_with(&address, &options).map_err(unusable)?;
        Ok((db, place))
    }
}

impl Tables {
    /// Whether the tables of a database are these.
    async fn finding(self, db: &Db) -> Finding {
        let standing = match db.standing(self.migrations).await {
            Ok(standing) => standing,
            Err(error) => {
                return Finding::failure(TABLES, error.to_string(), "see the database's own log");
            }
        };
        match ((self.refusal)(&standing), standing.unknown.is_empty()) {
            (None, false) => {
                Finding::ok(TABLES, "those of this program, expanded by a newer release")
            }
            (None, true) => {
                let newest = standing.applied.last().copied().unwrap_or_default();
                Finding::ok(TABLES, format!("those of this program, up to {newest}"))
            }
            (Some(refusal), true) => Finding::failure(TABLES, refusal, "then start the nodes"),
            (Some(refusal), false) => Finding::failure(TABLES, refusal, "and retire this one"),
        }
    }
}

/// Whether it answers and takes writes, and what its clock says.
async fn answers(db: &Db, clock: &Clock) -> Vec<Finding> {
    let asked = tokio::time::timeout(PATIENCE, db.skew(clock)).await;
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
        findings.push(match skew.trouble("the database's") {
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
async fn space(db: &Db, place: &Place) -> Vec<Finding> {
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
    let folder = folder_of(path);
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
