//! A folder in which mails stand as files, one each: what a demo and tests read.
//!
//! The names sort by time, newest last. A mail appears there whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use mailparse::{MailHeaderMap, ParsedMail};
use protocol::Timestamp;

/// A mail, read from its file.
#[derive(Clone)]
pub struct Mail {
    /// Of the file, without a folder: `00001795000000000000-lead-partner-….eml`.
    pub name: String,
    pub at: Timestamp,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: Option<String>,
}

/// Only its owner may read it: it may let somebody sign in.
pub(crate) fn put(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let unfinished = folder.join(format!(".{name}.unfinished"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(unfinished, folder.join(name))
}

/// The names of all mails, newest last. A folder that is not there yet holds none.
pub fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| is_mail(name))
        .collect();
    names.sort();
    Ok(names)
}

/// The mail of that name; `None` when there is none, or it cannot be understood.
pub fn read(folder: &Path, name: &str) -> io::Result<Option<Mail>> {
    if !is_mail(name) || name.contains(['/', '\\', '\0']) {
        return Ok(None);
    }
    let bytes = match fs::read(folder.join(name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        bytes => bytes?,
    };
    Ok(understood(name, &bytes))
}

fn is_mail(name: &str) -> bool {
    name.ends_with(".eml") && !name.starts_with('.')
}

fn understood(name: &str, bytes: &[u8]) -> Option<Mail> {
    let mail = mailparse::parse_mail(bytes).ok()?;
    let header = |wanted: &str| mail.headers.get_first_value(wanted).unwrap_or_default();
    let seconds = mailparse::dateparse(&header("Date")).ok()?;
    Some(Mail {
        name: name.to_owned(),
        at: Timestamp::from_seconds(seconds),
        from: header("From"),
        to: header("To"),
        subject: header("Subject"),
        text: body(&mail, "text/plain")?.replace("\r\n", "\n"),
        html: body(&mail, "text/html"),
    })
}

/// The first part of that kind.
fn body(mail: &ParsedMail<'_>, kind: &str) -> Option<String> {
    if mail.subparts.is_empty() {
        return (mail.ctype.mimetype == kind).then(|| mail.get_body().ok())?;
    }
    mail.subparts.iter().find_map(|part| body(part, kind))
}
