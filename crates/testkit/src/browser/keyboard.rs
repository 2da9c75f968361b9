//! Using a page with the keyboard alone.

use std::panic::Location;

use serde_json::Value;
use thirtyfour::{Key, TypingData};

use super::Browser;
use super::wait::{Complaint, squeeze, until};

/// More stops than any page has.
const STOPS: usize = 120;

impl Browser {
    /// Asserts that Tab reaches every control of the page, in the order in which they stand, each
    /// with a visible ring and in view.
    #[track_caller]
    pub fn usable_by_keyboard(&self) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            let mut reached = Vec::new();
            for _ in 0..STOPS {
                let Some(stop) = self.next_stop().await? else {
                    continue;
                };
                if let Some(complaint) = stop.complaint {
                    return Err(complaint);
                }
                if reached.contains(&stop.place) {
                    break;
                }
                reached.push(stop.place);
            }
            // From wherever the focus was, once around.
            let first = reached.iter().enumerate().min_by_key(|(_, place)| **place);
            let turns = first.map_or(0, |(at, _)| at);
            reached.rotate_left(turns);
            if !reached.is_sorted() {
                return Err(format!("Tab does not go from top to bottom: {reached:?}"));
            }
            let controls = self.evaluate(&script(CONTROLS)).await?;
            let missed: Vec<&Value> = controls
                .as_array()
                .into_iter()
                .flatten()
                .enumerate()
                .filter(|(place, _)| !reached.contains(&(*place as u64)))
                .map(|(_, control)| control)
                .collect();
            match missed.is_empty() {
                true => Ok(()),
                false => Err(format!("Tab does not reach {missed:?}")),
            }
        })
    }

    /// Goes to the control whose name is this or begins so by Tab, and presses a key there.
    #[track_caller]
    pub fn press_at(&self, name: &str, key: Key) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            self.tab_to(name).await?;
            self.keys(key).await
        })
    }

    /// Goes to a field by Tab, and types `text` in place of what it holds.
    #[track_caller]
    pub fn type_at(&self, label: &str, text: &str) -> impl Future<Output = ()> {
        self.act(Location::caller(), async move {
            // By Tab, what a field holds is selected.
            self.tab_to(label).await?;
            match text.is_empty() {
                true => self.keys(Key::Backspace).await,
                false => self.keys(text).await,
            }
        })
    }

    /// Waits until the element with this id has the focus.
    #[track_caller]
    pub fn focus_is_on(&self, id: &str) -> impl Future<Output = ()> {
        self.act(
            Location::caller(),
            until(move || async move {
                let found = self
                    .evaluate("return document.activeElement && document.activeElement.id")
                    .await?;
                match found == id {
                    true => Ok(()),
                    false => Err(format!("the focus is on {found}, not on {id}")),
                }
            }),
        )
    }

    async fn tab_to(&self, wanted: &str) -> Result<(), Complaint> {
        let wanted = squeeze(wanted);
        let (mut passed, mut ends) = (Vec::new(), 0);
        // From where the focus is to the end, and once through the page.
        while ends < 2 && passed.len() < 2 * STOPS {
            if self.next_stop().await?.is_none() {
                ends += 1;
                continue;
            }
            let name = self.focused_name().await?;
            if name.starts_with(&wanted) {
                return Ok(());
            }
            passed.push(name);
        }
        Err(format!(
            "“{wanted}” is not reached by the keyboard, which passes {passed:?}"
        ))
    }

    /// Presses Tab; nothing after the last control of a page.
    async fn next_stop(&self) -> Result<Option<Stop>, Complaint> {
        self.keys(Key::Tab).await?;
        let stop = self.evaluate(&script(STOP)).await?;
        Ok(stop["place"].as_u64().map(|place| Stop {
            place,
            complaint: stop["complaint"].as_str().map(str::to_owned),
        }))
    }

    pub(super) async fn keys(&self, keys: impl Into<TypingData>) -> Result<(), Complaint> {
        let typing = self.driver.action_chain().send_keys(keys);
        typing
            .perform()
            .await
            .map_err(|error| format!("the key could not be pressed: {error}"))
    }
}

/// Where the focus is.
struct Stop {
    /// Among the page's controls, from 0 on.
    place: u64,
    /// What a person would miss there.
    complaint: Option<String>,
}

fn script(end: &str) -> String {
    format!("{BEGIN}{end}")
}

/// The controls of a page that can be reached now.
const BEGIN: &str = "
    const controls = [...document.querySelectorAll(
            'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex=\"0\"]')]
        .filter(element => !element.disabled && element.tabIndex >= 0
            && element.checkVisibility({ visibilityProperty: true }));
    const told = element => element.tagName.toLowerCase() + (element.id ? '#' + element.id : '')
        + ' “' + (element.innerText || element.name || '').trim().slice(0, 60) + '”';";

const CONTROLS: &str = "return controls.map(told);";

const STOP: &str = "
    const at = document.activeElement;
    const place = controls.indexOf(at);
    if (place < 0) return { place: null };
    const box = at.getBoundingClientRect(), style = getComputedStyle(at);
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
    // Of a text of several lines the browser shows the one with the caret.
    const fits = box.height <= innerHeight && at.tagName !== 'TEXTAREA';
    const inView = box.left >= 0 && box.right <= innerWidth + 0.5
        && box.top >= -0.5 && (fits ? box.bottom <= innerHeight + 0.5 : box.top < innerHeight);
    const complaint = !ring ? 'shows no ring when it has the focus'
        : !inView ? 'is not in view when it has the focus' : null;
    return { place, complaint: complaint && told(at) + ' ' + complaint };";
