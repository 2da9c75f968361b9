//! The file of a SQLite database, for whoever copies it or puts another one in its place.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::Error;
use crate::sqlite::{BUSY, sqlite_error};

#[derive(Clone, Debug)]
pub struct SqliteFile(PathBuf);

/// A database that nobody else has open, until this is dropped.
pub struct Alone {
    file: SqliteFile,
    /// None: there is no file yet.
    connection: Option<Connection>,
}

impl SqliteFile {
    pub fn at(path: &Path) -> SqliteFile {
        SqliteFile(path.to_owned())
    }

    /// That of an address; `None` for one of another engine.
    pub fn of(address: &str) -> Option<SqliteFile> {
        let path = address.strip_prefix("sqlite:")?;
        Some(SqliteFile(path.into()))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The same path with something appended to its last part.
    pub fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.0.clone().into_os_string();
        name.push(suffix);
        name.into()
    }

    /// Writes one state of it, the one at this instant, while others write on: into a file that must
    /// not be there yet and that only its owner may read. When this returns, the copy is on the disk
    /// and was read again from its first page to its last. What fails leaves no file.
    pub fn copy_to(&self, to: &Path) -> Result<(), Error> {
        let part = SqliteFile::at(to).beside(".part");
        if to.exists() {
            return Err(failed(to, &"it is there already, and is not written over"));
        }
        let mut made = OpenOptions::new();
        made.write(true).create_new(true).mode(0o600);
        made.open(&part).map_err(|error| failed(&part, &error))?;
        let done = self.write_to(&part).and_then(|()| {
            check(&part)?;
            sync(&part).map_err(|error| failed(&part, &error))?;
            // A link, unlike a renaming, never replaces a file that somebody has made meanwhile.
            std::fs::hard_link(&part, to).map_err(|error| failed(to, &error))
        });
        let removed = std::fs::remove_file(&part);
        done?;
        removed.map_err(|error| failed(&part, &error))?;
        sync_folder(to).map_err(|error| failed(to, &error))
    }

    fn write_to(&self, part: &Path) -> Result<(), Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let source = Connection::open_with_flags(&self.0, flags).map_err(sqlite_error)?;
        source.busy_timeout(BUSY).map_err(sqlite_error)?;
        let name = part.to_str();
        let name = name.ok_or_else(|| failed(part, &"its name is not UTF-8"))?;
        let written = source.execute("VACUUM INTO $1", [name]);
        written.map_err(sqlite_error)?;
        Ok(())
    }

    /// Makes it one file without a log beside it, and lets nobody open it. `Unavailable` while any
    /// process has it open.
    pub fn alone(&self) -> Result<Alone, Error> {
        let mut held = Alone {
            file: self.clone(),
            connection: None,
        };
        if !self.0.exists() {
            let log = self.beside("-wal");
            return if log.exists() {
                Err(failed(&log, &"its database is gone; move it away, too"))
            } else {
                Ok(held)
            };
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let connection = Connection::open_with_flags(&self.0, flags).map_err(sqlite_error)?;
        // Only a process that is alone may leave the mode in which several read and one writes.
        let mode: String = connection
            .query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))
            .map_err(sqlite_error)?;
        if mode != "delete" {
            return Err(failed(&self.0, &"another process has it open"));
        }
        connection
            .execute_batch("BEGIN EXCLUSIVE")
            .map_err(sqlite_error)?;
        held.connection = Some(connection);
        Ok(held)
    }
}

impl Alone {
    /// Puts `with`, which lies in the same folder and which nobody has open, in its place, and keeps
    /// what was there as `aside`.
    pub fn replace(self, with: &Path, aside: &Path) -> Result<(), Error> {
        let path = self.file.path();
        sync(with).map_err(|error| failed(with, &error))?;
        if self.connection.is_some() {
            std::fs::hard_link(path, aside).map_err(|error| failed(aside, &error))?;
        }
        std::fs::rename(with, path).map_err(|error| failed(path, &error))?;
        sync_folder(path).map_err(|error| failed(path, &error))
    }
}

/// Reads every page.
fn check(path: &Path) -> Result<(), Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let copy = Connection::open_with_flags(path, flags).map_err(sqlite_error)?;
    let said: String = copy
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(sqlite_error)?;
    if said == "ok" {
        Ok(())
    } else {
        Err(failed(path, &said))
    }
}

fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// A name in a folder survives a loss of power once the folder was written.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => sync(folder),
        _ => sync(Path::new(".")),
    }
}

fn failed(path: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::Unavailable(format!("{}: {why}", path.display()))
}
