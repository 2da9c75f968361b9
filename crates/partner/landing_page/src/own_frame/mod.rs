//! A frame of the operator's own around an app's pages: a folder with `frame.html`, and where wanted a
//! style sheet and pictures.
//!
//! Whatever decides stays ours: the frame is text around `{{ content }}`, in which our forms, facts and
//! warnings stand, and the head of the page is ours as well. It is rendered and judged when the program
//! starts, once for each language, so that no page can fail because of it.

mod files;
mod markup;
mod style_sheet;
mod template;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use web::Frame;

use crate::{AppConfig, Language};
use files::Files;

pub(crate) use files::file;

const TEMPLATE: &str = "frame.html";
const STYLE_SHEET: &str = "style.css";

/// A frame, ready to be shown.
#[derive(Debug)]
pub struct OwnFrame {
    by_language: BTreeMap<&'static str, Arc<Frame>>,
    files: Files,
}

/// What is wrong with a file, and at which line, where that is known; the first is 1.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    line: Option<usize>,
    says: String,
}

impl OwnFrame {
    /// Reads and judges a folder. An error is a sentence that begins with the file.
    pub fn load(folder: &Path, app: &AppConfig) -> Result<OwnFrame, String> {
        let mut files = Files::read(folder, &app.slug)?;
        let at = |name: &str, fault: Fault| {
            let path = folder.join(name);
            match fault.line {
                Some(line) => format!("{}:{line}: {}", path.display(), fault.says),
                None => format!("{}: {}", path.display(), fault.says),
            }
        };
        let source = files.take_text(TEMPLATE).ok_or_else(|| {
            let path = folder.join(TEMPLATE);
            format!(
                "{}: there is no such file, or it is not text",
                path.display()
            )
        })?;
        if let Some(css) = files.text(STYLE_SHEET) {
            style_sheet::check(css, |name| files.has(name))
                .map_err(|fault| at(STYLE_SHEET, fault))?;
        }
        let mut by_language = BTreeMap::new();
        for language in Language::ALL.map(Language::tag) {
            let frame = template::render(&source, language, app, &files);
            let frame = frame.map_err(|fault| at(TEMPLATE, fault))?;
            by_language.insert(language, Arc::new(frame));
        }
        Ok(OwnFrame { by_language, files })
    }

    /// For a page in this language.
    pub(crate) fn frame(&self, language: &str) -> Arc<Frame> {
        let known = self.by_language.get(language);
        known
            .unwrap_or(&self.by_language[Language::English.tag()])
            .clone()
    }

    /// Where its style sheet is served, if it has one.
    pub(crate) fn style_sheet(&self) -> Option<String> {
        self.files
            .has(STYLE_SHEET)
            .then(|| self.files.href(STYLE_SHEET))
    }
}

impl Fault {
    fn at(line: usize, says: impl Into<String>) -> Fault {
        Fault {
            line: Some(line),
            says: says.into(),
        }
    }

    fn somewhere(says: impl Into<String>) -> Fault {
        Fault {
            line: None,
            says: says.into(),
        }
    }
}

/// The line on which a byte of a text stands.
fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}
