//! The windows of a browser.

use std::panic::Location;

use thirtyfour::WindowHandle;

use super::Browser;
use super::wait::{Complaint, until};

impl Browser {
    /// How many windows are open.
    #[track_caller]
    pub fn windows(&self) -> impl Future<Output = usize> {
        self.act(Location::caller(), async move {
            Ok(self.handles().await?.len())
        })
    }

    /// Goes on in the window that was opened last, waiting for one that is not the present one.
    #[track_caller]
    pub fn switch_to_new_window(&self) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            let present = self.driver.window().await.ok();
            let newest = until(|| async {
                match self.handles().await?.pop() {
                    Some(newest) if Some(&newest) != present.as_ref() => Ok(newest),
                    _ => Err("no new window was opened".to_owned()),
                }
            });
            self.switch_to(newest.await?).await
        })
    }

    /// Goes on in the window that was there first.
    #[track_caller]
    pub fn switch_to_first_window(&self) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            let first = self.handles().await?.into_iter().next();
            self.switch_to(first.ok_or("every window is closed")?).await
        })
    }

    /// Closes the present window; another has to be switched to before going on.
    #[track_caller]
    pub fn close_window(&self) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            self.driver
                .close_window()
                .await
                .map_err(|error| format!("the window did not close: {error}"))
        })
    }

    /// What the page would open in a window of its own, it opens in this one: what a new window asks
    /// for first is not seen reliably ([`Browser::requests`]).
    #[track_caller]
    pub fn stay_in_this_window(&self) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            let script = "document.querySelectorAll('[target]')
                .forEach(element => element.removeAttribute('target'))";
            self.evaluate(script).await.map(drop)
        })
    }

    async fn handles(&self) -> Result<Vec<WindowHandle>, Complaint> {
        self.driver
            .windows()
            .await
            .map_err(|error| format!("the windows could not be listed: {error}"))
    }

    async fn switch_to(&self, window: WindowHandle) -> Result<(), Complaint> {
        self.driver
            .switch_to_window(window)
            .await
            .map_err(|error| format!("the window could not be switched to: {error}"))
    }
}
