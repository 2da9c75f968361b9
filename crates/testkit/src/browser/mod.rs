//! A real browser for stories: Chromium, driven through WebDriver, in sentences.
//!
//! ```no_run
//! # use testkit::browser::{Browser, BrowserOptions};
//! # async fn story() {
//! let browser = Browser::start(BrowserOptions::default()).await;
//! browser.open("http://127.0.0.1:8080/").await;
//! browser.fill("Email", "maren.holloway@brackwater.example").await;
//! browser.click_button("Sign in").await;
//! browser.see("App Center").await;
//! # }
//! ```
//!
//! Elements are named as a person hears them: by their accessible name, whole and trimmed. Every
//! method waits up to ten seconds for what it wants and then panics with a sentence, the caller's
//! line, the address and the page's visible text. Each browser has a driver process, a profile
//! and a free port of its own, reaches nothing but the loopback address, and is gone when it is
//! dropped.

mod accessibility;
mod driver;
mod element;
mod keyboard;
mod network;
mod options;
mod page;
mod profile;
mod scripts;
mod view;
mod wait;
mod window;

use std::panic::Location;
use std::sync::atomic::AtomicBool;

use thirtyfour::WebDriver;

use driver::Process;
pub use network::Request;
pub use options::BrowserOptions;
pub use profile::Profile;
pub use view::View;
use wait::Complaint;

/// What [`Browser::press`] presses.
pub use thirtyfour::Key;

/// A running browser with one window to begin with.
#[derive(Debug)]
pub struct Browser {
    // The session ends before its process does: fields are dropped in this order.
    driver: WebDriver,
    javascript: bool,
    scripts_off: AtomicBool,
    process: Process,
}

impl Browser {
    /// Starts a browser.
    ///
    /// # Panics
    /// When Chromium or its driver is not installed or does not start.
    pub async fn start(options: BrowserOptions) -> Self {
        // A machine under load sometimes lets the first start run into a time-out.
        let (process, driver) = match driver::start(&options).await {
            Ok(started) => started,
            Err(_) => driver::start(&options)
                .await
                .unwrap_or_else(|complaint| panic!("{complaint}")),
        };
        Self {
            driver,
            javascript: options.javascript,
            scripts_off: AtomicBool::new(false),
            process,
        }
    }

    /// Goes to an address and waits until the page has loaded.
    #[track_caller]
    pub fn open(&self, url: &str) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            self.driver
                .goto(url)
                .await
                .map_err(|error| format!("{url} could not be opened: {error}"))
        })
    }

    /// Forgets every cookie, as another browser would not have them.
    #[track_caller]
    pub fn forget_cookies(&self) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            let empty = serde_json::json!({});
            self.devtools("Network.clearBrowserCookies", empty)
                .await
                .map(drop)
        })
    }

    /// Presses a key in whatever has the focus.
    #[track_caller]
    pub fn press(&self, key: Key) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move { self.keys(key).await })
    }

    /// Writes a picture of what the window shows, as PNG.
    #[track_caller]
    pub fn screenshot(&self, path: impl AsRef<std::path::Path>) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            let path = path.as_ref();
            self.driver
                .screenshot(path)
                .await
                .map_err(|error| format!("no picture in {}: {error}", path.display()))
        })
    }

    /// Carries a method out; a complaint becomes a panic that also shows the caller and the page.
    async fn act<T>(
        &self,
        caller: &'static Location<'static>,
        action: impl Future<Output = Result<T, Complaint>>,
    ) -> T {
        match action.await {
            Ok(value) => value,
            Err(complaint) => {
                let page = self.describe_page().await;
                panic!("{complaint}\nasked for at {caller}\n{page}")
            }
        }
    }
}
