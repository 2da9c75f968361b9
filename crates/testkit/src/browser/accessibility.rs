//! Accessibility of a page, judged by axe-core.

use std::panic::Location;

use serde_json::Value;

use super::Browser;
use super::wait::{Complaint, until};

/// The vendored library; see `vendor/axe-core` for its licence.
const AXE: &str = include_str!("../../vendor/axe-core/axe.min.js");

const RUN: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, {
        runOnly: {
            type: 'tag',
            values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        },
        resultTypes: ['violations'],
    }).then(result => done(result.violations), error => done(String(error)));";

/// What a page says that was loaded after axe had been put into the one before.
const NOT_THERE: &str = "axe is not defined";
/// So many pages may come while axe is to run.
const TURNS: usize = 5;

impl Browser {
    /// Asserts that the page keeps the rules of WCAG 2.2 A and AA and axe's best practices.
    ///
    /// The rules run as a script in the page, so the browser must have been started with
    /// JavaScript. A page that was loaded while scripts were off ([`Browser::run_scripts`]) is
    /// checked as it is: its own scripts have not run. The page's Content-Security-Policy stands in
    /// nobody's way.
    #[track_caller]
    pub fn accessible(&self) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            let off = self.javascript && !self.runs_scripts();
            if off {
                self.switch_scripts(true).await?;
            }
            let verdict = self.run_axe().await;
            if off {
                self.switch_scripts(false).await?;
            }
            verdict
        })
    }

    /// A window that was just opened shows nothing at first, and that is not the page that is meant.
    async fn page_has_come(&self) -> Result<(), Complaint> {
        let come = "return location.href !== 'about:blank' && document.readyState === 'complete'";
        until(|| async {
            match self.evaluate(come).await? == true {
                true => Ok(()),
                false => Err("no page has come to this window".to_owned()),
            }
        })
        .await
    }

    async fn run_axe(&self) -> Result<(), Complaint> {
        if !self.javascript {
            return Err(
                "accessibility is checked in a browser with JavaScript; this one has none"
                    .to_owned(),
            );
        }
        let mut turns = 0;
        let answer = loop {
            self.page_has_come().await?;
            let there = "return typeof window.axe === 'object'";
            if self.evaluate(there).await? != true {
                self.evaluate(AXE).await?;
            }
            turns += 1;
            match self.driver.execute_async(RUN, Vec::new()).await {
                Ok(answer) => break answer,
                // Another page has come in between: it is the one that is meant.
                Err(error) if turns < TURNS && error.to_string().contains(NOT_THERE) => {}
                Err(error) => return Err(format!("axe did not run: {error}")),
            }
        };
        match answer.json() {
            Value::Array(violations) if violations.is_empty() => Ok(()),
            Value::Array(violations) => {
                let list: Vec<String> = violations.iter().map(violation).collect();
                Err(format!("the page is not accessible:\n{}", list.join("\n")))
            }
            complaint => Err(format!("axe did not run: {complaint}")),
        }
    }
}

/// A violation in some lines: rule, what it asks, and the elements that break it.
fn violation(violation: &Value) -> String {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let mut lines = format!(
        "  {} ({}): {}",
        text(violation, "id"),
        text(violation, "impact"),
        text(violation, "help"),
    );
    for node in violation["nodes"].as_array().into_iter().flatten() {
        let selectors: Vec<&str> = node["target"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        lines.push_str(&format!("\n    {}", selectors.join(" ")));
        let summary = text(node, "failureSummary");
        for reason in summary.lines().skip(1) {
            lines.push_str(&format!("\n      {}", reason.trim()));
        }
    }
    lines
}
