use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use axum::extract::{Path as Parts, State};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use protocol::sha256;
use web::{Caching, PageError};

use crate::Partner;

/// More than a frame needs, and little enough to be held in memory.
const TOTAL: u64 = 2 * 1024 * 1024;

/// What browsers are told of a file, by the end of its name.
const KINDS: [(&str, &str); 8] = [
    ("css", "text/css; charset=utf-8"),
    ("html", ""),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("webp", "image/webp"),
    ("woff2", "font/woff2"),
];

/// The files of a frame, served from an address that changes whenever one of them does.
pub(super) struct Files {
    base: String,
    content: BTreeMap<String, Vec<u8>>,
}

impl Files {
    pub fn read(folder: &Path, slug: &str) -> Result<Files, String> {
        let told = |path: &Path, why: &dyn fmt::Display| format!("{}: {why}", path.display());
        let entries = std::fs::read_dir(folder).map_err(|error| told(folder, &error))?;
        let mut content = BTreeMap::new();
        let mut left = TOTAL;
        for entry in entries {
            let path = entry.map_err(|error| told(folder, &error))?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.unwrap_or_default().to_owned();
            check_name(&name).map_err(|why| told(&path, &why))?;
            let size = std::fs::metadata(&path).map_err(|error| told(&path, &error))?;
            let too_large = "a frame with all its files is 2 MiB at most";
            left = left
                .checked_sub(size.len())
                .ok_or_else(|| told(&path, &too_large))?;
            let read = std::fs::read(&path).map_err(|error| told(&path, &error))?;
            content.insert(name, read);
        }
        let mut all = Vec::new();
        for (name, file) in &content {
            all.extend_from_slice(&sha256(name.as_bytes()));
            all.extend_from_slice(&sha256(file));
        }
        let version: String = sha256(&all)[..6]
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        Ok(Files {
            base: format!("/{slug}/frame/{version}"),
            content,
        })
    }

    pub fn has(&self, name: &str) -> bool {
        self.content.contains_key(name)
    }

    pub fn href(&self, name: &str) -> String {
        format!("{}/{name}", self.base)
    }

    /// Addresses by name.
    pub fn served(&self) -> BTreeMap<String, String> {
        let names = self.content.keys();
        names.map(|name| (name.clone(), self.href(name))).collect()
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.content.get(name)?).ok()
    }

    /// Takes a file out: it is not served.
    pub fn take_text(&mut self, name: &str) -> Option<String> {
        String::from_utf8(self.content.remove(name)?).ok()
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.content.keys()).finish()
    }
}

fn check_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        return Err("a file is named with letters, digits, dots and dashes".to_owned());
    }
    match kind(name) {
        Some("") if name != super::TEMPLATE => {
            Err("there is one template, and it is called frame.html".to_owned())
        }
        Some(kind) if kind.starts_with("text/css") && name != super::STYLE_SHEET => {
            Err("there is one style sheet, and it is called style.css".to_owned())
        }
        Some(_) => Ok(()),
        None => Err(
            "a frame has frame.html, style.css, pictures (svg, png, jpg, webp) and fonts (woff2)"
                .to_owned(),
        ),
    }
}

fn kind(name: &str) -> Option<&'static str> {
    let (_, end) = name.rsplit_once('.')?;
    let known = KINDS.iter().find(|(known, _)| *known == end);
    known.map(|(_, kind)| *kind)
}

/// A file of an app's own frame.
pub(crate) async fn file(
    State(partner): State<Partner>,
    Parts((slug, version, name)): Parts<(String, String, String)>,
) -> Result<Response, PageError> {
    let app = partner.app(&slug)?;
    let files = app.frame.as_ref().map(|frame| &frame.files);
    let found = files
        .filter(|files| files.href(&name) == format!("/{slug}/frame/{version}/{name}"))
        .and_then(|files| files.content.get(&name));
    let (Some(content), Some(kind)) = (found, kind(&name)) else {
        return Err(PageError::not_found());
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CACHE_CONTROL, Caching::Forever.header()),
    ];
    Ok((headers, content.clone()).into_response())
}
