//! Whether pages may run scripts.

use std::panic::Location;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::{RequestData, SessionId};

use super::Browser;
use super::wait::Complaint;

impl Browser {
    /// From the next page on, pages of this window run scripts, or run none. A browser that was
    /// started without JavaScript stays so.
    #[track_caller]
    pub fn run_scripts(&self, on: bool) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            self.switch_scripts(on).await?;
            self.scripts_off.store(!on, Ordering::Relaxed);
            Ok(())
        })
    }

    /// Whether pages run scripts at present.
    pub(super) fn runs_scripts(&self) -> bool {
        self.javascript && !self.scripts_off.load(Ordering::Relaxed)
    }

    /// Switches without remembering it: for a script of the test in a page that ran none.
    pub(super) async fn switch_scripts(&self, on: bool) -> Result<(), Complaint> {
        self.devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": !on }),
        )
        .await
        .map(drop)
    }

    /// A command of the protocol that Chromium's own tools speak.
    pub(super) async fn devtools(
        &self,
        name: &'static str,
        parameters: Value,
    ) -> Result<Value, Complaint> {
        let answer = self.driver.cmd(Devtools(name, parameters)).await;
        let value = answer.and_then(|answer| answer.value::<Value>());
        value.map_err(|error| format!("{name}: {error}"))
    }
}

#[derive(Debug)]
struct Devtools(&'static str, Value);

impl FormatRequestData for Devtools {
    fn format_request(&self, session: &SessionId) -> RequestData {
        let path = format!("session/{session}/goog/cdp/execute");
        let body = json!({ "cmd": self.0, "params": self.1 });
        RequestData::new(reqwest::Method::POST, path).add_body(body)
    }
}
