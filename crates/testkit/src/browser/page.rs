//! What a page shows.

use std::panic::Location;

use serde_json::Value;
use thirtyfour::By;

use super::Browser;
use super::wait::{Complaint, squeeze, until};

/// As much of a page as a failed test prints.
const SHOWN: usize = 3_000;

impl Browser {
    /// Waits until the visible text contains `text`; white space does not matter.
    #[track_caller]
    pub fn see(&self, text: &str) -> impl Future<Output = ()> {
        self.act(
            Location::caller(),
            until(move || async move {
                if self.shows(text).await? {
                    return Ok(());
                }
                Err(format!("the page does not show “{text}”"))
            }),
        )
    }

    /// Waits until the visible text does not contain `text` (any more).
    #[track_caller]
    pub fn do_not_see(&self, text: &str) -> impl Future<Output = ()> {
        self.act(
            Location::caller(),
            until(move || async move {
                if self.shows(text).await? {
                    return Err(format!("the page shows “{text}”"));
                }
                Ok(())
            }),
        )
    }

    /// The text of the first heading of the first level.
    #[track_caller]
    pub fn heading(&self) -> impl Future<Output = String> {
        self.act(
            Location::caller(),
            until(move || async move {
                let heading = self.driver.find(By::Css("h1")).await;
                let text = heading
                    .map_err(|_| "the page has no heading (h1)")?
                    .text()
                    .await;
                text.map(|text| squeeze(&text))
                    .map_err(|error| format!("no heading to read: {error}"))
            }),
        )
    }

    /// The text of the first element that a selector finds.
    #[track_caller]
    pub fn text_of(&self, selector: &str) -> impl Future<Output = String> {
        self.act(
            Location::caller(),
            until(move || async move {
                let element = self.driver.find(By::Css(selector)).await;
                let element = element.map_err(|_| format!("there is no {selector}"))?;
                let text = element.text().await;
                text.map_err(|error| format!("{selector} cannot be read: {error}"))
            }),
        )
    }

    /// The title of the page.
    #[track_caller]
    pub fn title(&self) -> impl Future<Output = String> {
        self.act(Location::caller(), async move {
            self.driver
                .title()
                .await
                .map_err(|error| format!("the page has no title: {error}"))
        })
    }

    /// The address of the page.
    #[track_caller]
    pub fn url(&self) -> impl Future<Output = String> {
        self.act(Location::caller(), self.address())
    }

    /// Waits until the address of the page contains `part`.
    #[track_caller]
    pub fn arrive_at(&self, part: &str) -> impl Future<Output = ()> {
        self.act(
            Location::caller(),
            until(move || async move {
                if self.address().await?.contains(part) {
                    return Ok(());
                }
                Err(format!(
                    "the browser does not arrive at an address with “{part}”"
                ))
            }),
        )
    }

    /// Asserts that nothing sticks out to the side.
    #[track_caller]
    pub fn no_horizontal_scroll(&self) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            match self.evaluate(STICKS_OUT).await?.as_str() {
                Some("") => Ok(()),
                culprits => Err(format!(
                    "the page scrolls sideways: {}",
                    culprits.unwrap_or("?")
                )),
            }
        })
    }

    /// Asserts that whatever the selector finds shows all that it holds, from side to side.
    #[track_caller]
    pub fn fits(&self, selector: &str) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            let script = format!(
                "return [...document.querySelectorAll('{selector}')]
                    .filter(element => element.scrollWidth > element.clientWidth + 1)
                    .map(element => element.getAttribute('aria-label') || element.tagName)"
            );
            let wide = self.evaluate(&script).await?;
            match wide.as_array().is_some_and(Vec::is_empty) {
                true => Ok(()),
                false => Err(format!("a part of these is out of view: {wide}")),
            }
        })
    }

    /// Asserts that the browser's console holds no error: a script that failed, a resource that
    /// is missing, something the Content-Security-Policy kept out. Empties the console.
    #[track_caller]
    pub fn no_console_errors(&self) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            let log = self.driver.browser_log().await;
            let log = log.map_err(|error| format!("the console could not be read: {error}"))?;
            let errors = log.into_iter().filter(|entry| entry.level == "SEVERE");
            let errors: Vec<String> = errors.map(|entry| format!("  {}", entry.message)).collect();
            if errors.is_empty() {
                return Ok(());
            }
            Err(format!("the console holds errors:\n{}", errors.join("\n")))
        })
    }

    /// Runs a script of the test in the page and returns its value. Works even where pages may
    /// not run scripts themselves.
    pub(super) async fn evaluate(&self, script: &str) -> Result<Value, Complaint> {
        let answer = self.driver.execute(script, Vec::new()).await;
        let answer = answer.map_err(|error| format!("the page could not be examined: {error}"))?;
        Ok(answer.json().clone())
    }

    pub(super) async fn describe_page(&self) -> String {
        let address = self.address().await.unwrap_or_else(|complaint| complaint);
        let text = self
            .visible_text()
            .await
            .unwrap_or_else(|complaint| complaint);
        let shown: String = text.chars().take(SHOWN).collect();
        format!("on {address}, which shows:\n{shown}")
    }

    async fn address(&self) -> Result<String, Complaint> {
        let url = self.driver.current_url().await;
        url.map(String::from)
            .map_err(|error| format!("the page has no address: {error}"))
    }

    async fn shows(&self, text: &str) -> Result<bool, Complaint> {
        Ok(squeeze(&self.visible_text().await?).contains(&squeeze(text)))
    }

    async fn visible_text(&self) -> Result<String, Complaint> {
        let text = self
            .evaluate("return document.body ? document.body.innerText : ''")
            .await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }
}

/// Lists the elements that reach beyond the right edge, when the page can be scrolled there.
const STICKS_OUT: &str = "
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return '';
    const wide = [...document.body.querySelectorAll('*')]
        .filter(element => element.getBoundingClientRect().right > root.clientWidth + 0.5
            || element.scrollWidth > root.clientWidth)
        .map(element => element.tagName.toLowerCase()
            + (element.id ? '#' + element.id : '')
            + [...element.classList].map(name => '.' + name).join(''));
    return wide.slice(0, 10).join(', ') || 'the page itself';";
