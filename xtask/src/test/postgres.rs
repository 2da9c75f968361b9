//! A PostgreSQL server for the tests alone: a cluster in a temporary folder, without TCP, that is
//! thrown away afterwards. It never runs as root.

use std::os::unix::fs::{DirBuilderExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::debian;
use crate::Outcome;
use crate::run::{command, on_path, succeeds};

/// As the tests are told of it.
pub const VARIABLE: &str = "QUICKCONNECT_TEST_DATABASE";

/// Where Debian puts servers, one folder per major version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Who runs the server where the tests run as root: the user whom Debian's package makes.
const USER: &str = "postgres";

/// Nothing that is stored here outlives the tests, so nothing waits for a disk.
const SETTINGS: [&str; 8] = [
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=500",
    "log_min_messages=fatal",
];

pub struct Server {
    folder: PathBuf,
    process: Child,
}

impl Server {
    /// Makes a cluster and waits until it answers.
    pub fn start() -> Result<Server, String> {
        let programs = programs().ok_or("PostgreSQL's programs are not there")?;
        let name = format!("quickconnect-postgres-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let owned = std::fs::DirBuilder::new().mode(0o700).create(&folder);
        owned.map_err(|error| format!("{}: {error}", folder.display()))?;
        let started = start(&programs, &folder);
        if started.is_err() {
            let _ = std::fs::remove_dir_all(&folder);
        }
        let server = Server {
            process: started?,
            folder,
        };
        server.wait(&programs)?;
        Ok(server)
    }

    /// The database from which the tests make theirs.
    pub fn address(&self) -> String {
        format!("postgres://{USER}@/postgres?host={}", self.folder.display())
    }

    fn wait(&self, programs: &Path) -> Outcome {
        let ready = programs.join("pg_isready").display().to_string();
        let folder = self.folder.display().to_string();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            if succeeds(&ready, &["-q", "-h", &folder, "-U", USER]) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        Err(format!("PostgreSQL does not answer:\n{log}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // To the server itself: where it is another user's, only its parent's end reaches it.
        let _ = succeeds("kill", &["-INT", &self.process.id().to_string()]);
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn start(programs: &Path, folder: &Path) -> Result<Child, String> {
    if debian::is_root() {
        let id = |which| -> Result<u32, String> {
            let output = command("id").args([which, USER]).output();
            let text = output.map_err(|error| error.to_string())?.stdout;
            let number = String::from_utf8_lossy(&text).trim().parse();
            number.map_err(|_| format!("there is no user {USER}"))
        };
        let (user, group) = (id("-u")?, id("-g")?);
        chown(folder, Some(user), Some(group)).map_err(|error| error.to_string())?;
    }
    let data = folder.join("data");
    let mut initdb = unprivileged(&programs.join("initdb"), folder);
    initdb
        .arg("--pgdata")
        .arg(&data)
        .args(["--username", USER, "--auth", "trust", "--encoding", "UTF8"])
        // Texts sort by their bytes, as SQLite sorts them.
        .args(["--no-locale", "--no-sync"]);
    let made = initdb.output().map_err(|error| error.to_string())?;
    if !made.status.success() {
        let said = String::from_utf8_lossy(&made.stderr);
        return Err(format!("initdb failed:\n{said}"));
    }
    let log = std::fs::File::create(folder.join("log")).map_err(|error| error.to_string())?;
    let mut server = unprivileged(&programs.join("postgres"), folder);
    server.arg("-D").arg(&data).arg("-k").arg(folder);
    for setting in SETTINGS {
        server.args(["-c", setting]);
    }
    let server = server
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log);
    server.spawn().map_err(|error| error.to_string())
}

/// A program that is told when this one ends, whatever its end, and that is not root's.
fn unprivileged(program: &Path, folder: &Path) -> Command {
    let mut command = command("setpriv");
    if debian::is_root() {
        command.args(["--reuid", USER, "--regid", USER, "--init-groups"]);
    }
    command.args(["--pdeathsig", "INT"]).arg(program);
    command.current_dir(folder);
    command
}

/// The folder of the newest server's programs.
pub fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let folder = entry.path().join("bin");
            folder.join("initdb").is_file().then_some((version, folder))
        })
        .max();
    if let Some((_, folder)) = newest {
        return Some(folder);
    }
    let path = std::env::var_os("PATH")?;
    on_path("initdb")
        .then(|| std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file()))?
}
