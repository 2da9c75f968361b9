use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use ambient::Entropy;
use db::Db;

use crate::Facts;

/// The folder in which a demo keeps everything: two databases, two keys, the facts and the outbox.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

/// What is wrong with a folder.
#[derive(Debug)]
pub enum DataDirError {
    Io(PathBuf, io::Error),
    /// `--reset` would have to delete files that no demo made.
    NotADemo(PathBuf),
    /// There is a database, but not the secret under which its keys are sealed.
    KeyMissing(PathBuf),
    /// There is no demo in it yet.
    Empty(PathBuf),
    Unreadable(PathBuf),
    Db(db::Error),
}

const FACTS: &str = "demo.json";
/// The facts of a demo whose first start has not come to its end.
const DRAFT: &str = "demo.json.draft";
const OURS: &[&str] = &[
    FACTS,
    "platform.sqlite",
    "partner.sqlite",
    "platform.key",
    "partner.key",
];

impl DataDir {
    /// The folder at `path`, made if it is not there.
    pub fn create(path: &Path) -> Result<DataDir, DataDirError> {
        fs::create_dir_all(path).map_err(|error| DataDirError::Io(path.to_owned(), error))?;
        Ok(DataDir(path.to_owned()))
    }

    /// The folder of a demo that has been started before.
    pub fn existing(path: &Path) -> Result<DataDir, DataDirError> {
        let dir = DataDir(path.to_owned());
        if dir.path(FACTS).exists() {
            Ok(dir)
        } else {
            Err(DataDirError::Empty(path.to_owned()))
        }
    }

    /// Deletes what a demo left there, and nothing else.
    pub fn reset(&self) -> Result<(), DataDirError> {
        let entries = fs::read_dir(&self.0).map_err(|error| self.io("", error))?;
        let mut doomed = Vec::new();
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let ours = name == "outbox" || OURS.iter().any(|known| name.starts_with(known));
            if !ours {
                return Err(DataDirError::NotADemo(entry.path()));
            }
            doomed.push(entry.path());
        }
        for path in doomed {
            let gone = if path.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
            gone.map_err(|error| DataDirError::Io(path, error))?;
        }
        Ok(())
    }

    pub fn platform_db(&self) -> Result<Db, DataDirError> {
        self.db("platform")
    }

    pub fn partner_db(&self) -> Result<Db, DataDirError> {
        self.db("partner")
    }

    /// The database whose address somebody has put into the folder, as `platform.address`; a file
    /// in the folder otherwise.
    fn db(&self, side: &str) -> Result<Db, DataDirError> {
        let named = format!("{side}.address");
        let opened = match fs::read_to_string(self.path(&named)) {
            Ok(address) => Db::open(address.trim()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Db::open_sqlite(&self.path(&format!("{side}.sqlite")))
            }
            Err(error) => return Err(self.io(&named, error)),
        };
        opened.map_err(DataDirError::Db)
    }

    /// The platform's key-encryption secret, made before its database is.
    pub fn platform_key(&self, entropy: &Entropy) -> Result<[u8; 32], DataDirError> {
        self.key(("platform.key", "platform.sqlite"), entropy)
    }

    /// The key under which the partner's tokens are sealed, made before its database is.
    pub fn partner_key(&self, entropy: &Entropy) -> Result<[u8; 32], DataDirError> {
        self.key(("partner.key", "partner.sqlite"), entropy)
    }

    pub fn outbox(&self) -> Result<PathBuf, DataDirError> {
        let path = self.path("outbox");
        fs::create_dir_all(&path).map_err(|error| self.io("outbox", error))?;
        Ok(path)
    }

    /// What an earlier start wrote down; `None` before the first.
    pub fn facts(&self) -> Result<Option<Facts>, DataDirError> {
        self.read(FACTS)
    }

    /// What a first start wrote down that did not come to its end.
    pub fn draft(&self) -> Result<Option<Facts>, DataDirError> {
        self.read(DRAFT)
    }

    pub fn write_draft(&self, facts: &Facts) -> Result<(), DataDirError> {
        self.replace(DRAFT, facts)
    }

    fn read(&self, name: &str) -> Result<Option<Facts>, DataDirError> {
        match fs::read_to_string(self.path(name)) {
            Ok(text) => serde_json::from_str(&text)
                .map(Some)
                .map_err(|_| DataDirError::Unreadable(self.path(name))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.io(name, error)),
        }
    }

    /// Writes the facts, in one step: readers see the old ones or the new ones.
    pub fn write_facts(&self, facts: &Facts) -> Result<(), DataDirError> {
        self.replace(FACTS, facts)?;
        match fs::remove_file(self.path(DRAFT)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.io(DRAFT, error)),
            _ => Ok(()),
        }
    }

    fn replace(&self, name: &str, facts: &Facts) -> Result<(), DataDirError> {
        let text = serde_json::to_string_pretty(facts).expect("facts have a JSON form");
        let temporary = self.path("demo.json.new");
        let written = write_private(&temporary, text.as_bytes(), true)
            .and_then(|()| fs::rename(&temporary, self.path(name)));
        written.map_err(|error| self.io(name, error))
    }

    fn key(
        &self,
        (name, sealed): (&str, &str),
        entropy: &Entropy,
    ) -> Result<[u8; 32], DataDirError> {
        let path = self.path(name);
        if !path.exists() {
            // A database that stands elsewhere was begun when the facts say so.
            if self.path(sealed).exists() || self.path(FACTS).exists() {
                return Err(DataDirError::KeyMissing(path));
            }
            let fresh: [u8; 32] = entropy.bytes();
            write_private(&path, &fresh, false).map_err(|error| self.io(name, error))?;
        }
        let bytes = fs::read(&path).map_err(|error| self.io(name, error))?;
        bytes.try_into().map_err(|_| DataDirError::Unreadable(path))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn io(&self, name: &str, error: io::Error) -> DataDirError {
        DataDirError::Io(self.path(name), error)
    }
}

/// Readable by its owner alone, and on the disk when this returns.
fn write_private(path: &Path, bytes: &[u8], replace: bool) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).mode(0o600);
    if replace {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

impl std::fmt::Display for DataDirError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DataDirError::Io(path, error) => write!(f, "{}: {error}", path.display()),
            DataDirError::NotADemo(path) => write!(
                f,
                "{} is not a demo's file; --reset deletes only folders that hold nothing else",
                path.display()
            ),
            DataDirError::KeyMissing(path) => write!(
                f,
                "{} is missing: the keys in the database beside it were sealed under this secret, \
                 and nothing else opens them",
                path.display()
            ),
            DataDirError::Empty(path) => write!(
                f,
                "there is no demo in {}; start one with: quickconnect demo --data-dir {}",
                path.display(),
                path.display()
            ),
            DataDirError::Unreadable(path) => write!(
                f,
                "{} cannot be read; start anew with --reset, which deletes what the demo holds",
                path.display()
            ),
            DataDirError::Db(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DataDirError {}
