use std::fmt;

use serde::Serialize;

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Ok,
    /// It works, and something should be done.
    Warning,
    /// It does not work.
    Failure,
}

/// One thing that was looked at: what it is about, and what was found, as a sentence without its
/// capital and full stop. It names files and addresses, and shows no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub about: &'static str,
    pub verdict: Verdict,
    pub says: String,
    /// With every warning and failure.
    pub what_to_do: Option<String>,
}

impl Finding {
    pub fn ok(about: &'static str, says: impl Into<String>) -> Finding {
        Finding {
            about,
            verdict: Verdict::Ok,
            says: says.into(),
            what_to_do: None,
        }
    }

    pub fn warning(
        about: &'static str,
        says: impl Into<String>,
        what_to_do: impl Into<String>,
    ) -> Finding {
        Finding {
            about,
            verdict: Verdict::Warning,
            says: says.into(),
            what_to_do: Some(what_to_do.into()),
        }
    }

    pub fn failure(
        about: &'static str,
        says: impl Into<String>,
        what_to_do: impl Into<String>,
    ) -> Finding {
        Finding {
            verdict: Verdict::Failure,
            ..Finding::warning(about, says, what_to_do)
        }
    }

    pub fn is_failure(&self) -> bool {
        self.verdict == Verdict::Failure
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what_to_do {
            Some(what) => write!(f, "{}: {what}", self.says),
            None => f.write_str(&self.says),
        }
    }
}

impl std::error::Error for Finding {}
