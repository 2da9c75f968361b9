//! A PostgreSQL cluster for tests alone: made in a temporary folder, without TCP, and thrown away
//! afterwards. It never runs as root. Nothing here but the standard library, so that `xtask` builds
//! quickly.

mod programs;

use std::fs::{DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub use programs::programs;

/// Who runs the server where the tests run as root: the user whom Debian's package makes.
const USER: &str = "postgres";

/// Longer than a busy machine takes to start a server, or to recover what one left behind.
const PATIENCE: Duration = Duration::from_secs(60);

const SETTINGS: [&str; 3] = [
    "listen_addresses=",
    "max_connections=500",
    "log_min_messages=fatal",
];

/// For a cluster in which nothing outlives the tests: it waits for no disk.
pub const SCRATCH: &[&str] = &[
    "fsync=off",
    "full_page_writes=off",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
];

/// How a server is told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Sessions are ended, what they had not committed is rolled back, and all is written out.
    Fast,
    /// SIGKILL to the server; its sessions notice and end, each at once or with its statement.
    Kill,
}

pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    settings: &'static [&'static str],
    process: Child,
}

impl Cluster {
    /// Makes a cluster and waits until it answers. `settings` are added to the server's own.
    ///
    /// The server ends when the calling thread does.
    pub fn start(settings: &'static [&'static str]) -> Result<Cluster, String> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let programs = programs().ok_or("PostgreSQL's programs are not there")?;
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("quickconnect-postgres-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let owned = DirBuilder::new().mode(0o700).create(&folder);
        owned.map_err(|error| format!("{}: {error}", folder.display()))?;
        let started =
            initialize(&programs, &folder).and_then(|()| serve(&programs, &folder, settings));
        if started.is_err() {
            let _ = std::fs::remove_dir_all(&folder);
        }
        let mut cluster = Cluster {
            process: started?,
            programs,
            folder,
            settings,
        };
        cluster.wait()?;
        Ok(cluster)
    }

    /// The database that every cluster has; tests make theirs beside it.
    pub fn address(&self) -> String {
        format!("postgres://{USER}@/postgres?host={}", self.folder.display())
    }

    /// Ends the server, starts it again on the same files, and waits until it answers.
    pub fn restart(&mut self, end: End) -> Result<(), String> {
        self.end(end);
        self.process = serve(&self.programs, &self.folder, self.settings)?;
        self.wait()
    }

    fn end(&mut self, end: End) {
        let signal = match end {
            End::Fast => "-INT",
            End::Kill => "-KILL",
        };
        // To the server itself: where it is another user's, only its parent's end reaches it.
        let _ = succeeds(Command::new("kill").args([signal, &self.process.id().to_string()]));
        let _ = self.process.wait();
    }

    /// A server that comes after one that was killed does not start while a session of that one is
    /// still there: it is started again.
    fn wait(&mut self) -> Result<(), String> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let mut ready = Command::new(self.programs.join("pg_isready"));
            ready.arg("-q").arg("-h").arg(&self.folder);
            if succeeds(ready.args(["-U", USER])) {
                return Ok(());
            }
            if self.process.try_wait().is_ok_and(|end| end.is_some()) {
                self.process = serve(&self.programs, &self.folder, self.settings)?;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        Err(format!("PostgreSQL does not answer:\n{log}"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.end(End::Fast);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn initialize(programs: &Path, folder: &Path) -> Result<(), String> {
    if is_roots(folder) {
        let id = |which| -> Result<u32, String> {
            let output = Command::new("id").args([which, USER]).output();
            let text = output.map_err(|error| error.to_string())?.stdout;
            let number = String::from_utf8_lossy(&text).trim().parse();
            number.map_err(|_| format!("there is no user {USER}"))
        };
        let (user, group) = (id("-u")?, id("-g")?);
        chown(folder, Some(user), Some(group)).map_err(|error| error.to_string())?;
    }
    let mut initdb = unprivileged(&programs.join("initdb"), folder);
    initdb
        .arg("--pgdata")
        .arg(folder.join("data"))
        .args(["--username", USER, "--auth", "trust", "--encoding", "UTF8"])
        // Texts sort by their bytes, as SQLite sorts them.
        .args(["--no-locale", "--no-sync"]);
    let made = initdb.output().map_err(|error| error.to_string())?;
    if made.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&made.stderr);
    Err(format!("initdb failed:\n{said}"))
}

fn serve(programs: &Path, folder: &Path, settings: &[&str]) -> Result<Child, String> {
    let log = File::options()
        .create(true)
        .append(true)
        .open(folder.join("log"))
        .map_err(|error| error.to_string())?;
    let mut server = unprivileged(&programs.join("postgres"), folder);
    server.arg("-D").arg(folder.join("data"));
    server.arg("-k").arg(folder);
    for setting in SETTINGS.iter().chain(settings) {
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
    let mut command = Command::new("setpriv");
    if is_roots(Path::new("/proc/self")) {
        command.args(["--reuid", USER, "--regid", USER, "--init-groups"]);
    }
    command.args(["--pdeathsig", "INT"]).arg(program);
    command.current_dir(folder);
    command
}

fn is_roots(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.uid() == 0)
}

fn succeeds(command: &mut Command) -> bool {
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
