//! What `config check` and `doctor` print.

use std::process::Output;

use serde_json::Value;

/// What a command found: each finding as `verdict about: says: what to do`.
pub struct Found {
    pub succeeded: bool,
    pub lines: Vec<String>,
}

impl Found {
    #[track_caller]
    pub fn read(output: &Output) -> Found {
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON, and nothing else");
        let succeeded = output.status.success();
        assert_eq!(report["ok"], succeeded);
        let line = |finding: &Value| {
            let mut keys: Vec<_> = finding.as_object().unwrap().keys().collect();
            keys.sort_unstable();
            assert_eq!(keys, ["about", "says", "verdict", "what_to_do"]);
            let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            let is_well = text("verdict") == "ok";
            assert_eq!(finding["what_to_do"].is_null(), is_well, "{finding}");
            let (verdict, about) = (text("verdict"), text("about"));
            format!(
                "{verdict} {about}: {}: {}",
                text("says"),
                text("what_to_do")
            )
        };
        let lines = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(line)
            .collect();
        Found { succeeded, lines }
    }

    #[track_caller]
    pub fn has(&self, verdict: &str, words: &str) {
        let found = self
            .lines
            .iter()
            .any(|line| line.starts_with(verdict) && line.contains(words));
        assert!(found, "{verdict} {words:?} in {:#?}", self.lines);
    }

    pub fn of(&self, verdict: &str) -> Vec<&String> {
        self.lines
            .iter()
            .filter(|line| line.starts_with(verdict))
            .collect()
    }
}
