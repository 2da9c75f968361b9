//! One window as if it were another: its size, its colours, its direction.

use std::panic::Location;
use std::path::Path;

use serde_json::json;

use super::Browser;

/// How a window shows pages.
#[derive(Clone, Copy, Debug)]
pub struct View {
    pub width: u32,
    pub height: u32,
    pub dark: bool,
    /// From right to left, whatever the page says of its direction.
    pub mirrored: bool,
}

impl Browser {
    /// Shows the page that is open, and those that come, like this. Only the page that is open is
    /// mirrored.
    #[track_caller]
    pub fn show_at(&self, view: View) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            let size = json!({ "width": view.width, "height": view.height,
                "deviceScaleFactor": 1, "mobile": false });
            self.devtools("Emulation.setDeviceMetricsOverride", size)
                .await?;
            let scheme = if view.dark { "dark" } else { "light" };
            let media =
                json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
            self.devtools("Emulation.setEmulatedMedia", media).await?;
            let direction = if view.mirrored { "rtl" } else { "ltr" };
            let turn = format!("document.documentElement.dir = '{direction}'");
            self.evaluate(&turn).await.map(drop)
        })
    }

    /// Writes a picture of the whole page, as PNG, however long it is.
    #[track_caller]
    pub fn picture(&self, path: impl AsRef<Path>) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            let whole = self
                .evaluate("return Math.min(document.documentElement.scrollHeight, 2400)")
                .await?;
            let width = self.evaluate("return innerWidth").await?;
            let height = self.evaluate("return innerHeight").await?;
            let at = |height: &serde_json::Value| {
                json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false })
            };
            let command = "Emulation.setDeviceMetricsOverride";
            self.devtools(command, at(&whole)).await?;
            let path = path.as_ref();
            let drawn = self.driver.screenshot(path).await;
            drawn.map_err(|error| format!("no picture in {}: {error}", path.display()))?;
            self.devtools(command, at(&height)).await.map(drop)
        })
    }

    /// Milliseconds from asking for the page that is open until it had come and was drawn.
    #[track_caller]
    pub fn loaded_in(&self) -> impl Future<Output = u64> {
        self.act(Location::caller(), async move {
            let script =
                "return Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)";
            let millis = self.evaluate(script).await?;
            millis.as_u64().ok_or("the page has not loaded".to_owned())
        })
    }
}
