//! What a browser is started with.

use serde_json::{Value, json};

/// How the browser shows pages. The default is a desktop window with JavaScript, in light colours.
#[derive(Clone, Copy, Debug)]
pub struct BrowserOptions {
    /// Width of the page's viewport in CSS pixels.
    pub width: u32,
    /// Height of the page's viewport in CSS pixels.
    pub height: u32,
    /// Whether pages may run scripts.
    pub javascript: bool,
    /// Whether pages are told that dark colours are preferred.
    pub dark: bool,
}

impl Default for BrowserOptions {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 800,
            javascript: true,
            dark: false,
        }
    }
}

/// Nothing is fetched but what a page asks for, and only from this machine.
const ARGUMENTS: [&str; 13] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-breakpad",
    "--no-proxy-server",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
];

/// Narrower windows do not exist; a narrower viewport is emulated, in windows opened later only
/// once they have loaded.
const LEAST_WINDOW_WIDTH: u32 = 500;

impl BrowserOptions {
    /// Whether the viewport is narrower than a window can be.
    pub(super) fn is_emulated(&self) -> bool {
        self.width < LEAST_WINDOW_WIDTH
    }

    /// The `goog:chromeOptions` capability for these options and a profile folder.
    pub(super) fn capability(&self, profile: &str, program: &str) -> Value {
        let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).into();
        arguments.push(format!("--user-data-dir={profile}"));
        let scheme = if self.dark { 0 } else { 1 };
        arguments.push(format!("--blink-settings=preferredColorScheme={scheme}"));
        let mut capability = json!({
            "binary": program,
            "args": arguments,
            // Without the bar that announces automation, every window has the same frame.
            "excludeSwitches": ["enable-automation"],
        });
        if self.is_emulated() {
            capability["mobileEmulation"] = json!({ "deviceMetrics": {
                "width": self.width, "height": self.height,
                "pixelRatio": 1.0, "mobile": false, "touch": false,
            }});
        }
        if !self.javascript {
            const BLOCKED: u8 = 2;
            capability["prefs"] = json!({
                "profile.managed_default_content_settings.javascript": BLOCKED,
            });
        }
        capability
    }
}
