//! Finding elements by what a person calls them, and using them.

use std::panic::Location;

use thirtyfour::common::command::FormatRequestData;
use thirtyfour::error::WebDriverResult;
use thirtyfour::{By, ElementId, RequestData, SessionId, WebElement};

use super::Browser;
use super::wait::{Complaint, squeeze, until};

/// What an element is to a person, and where to look for it.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    selector: &'static str,
}

const BUTTON: Kind = Kind {
    name: "button",
    selector: "button, input[type=submit], input[type=button], [role=button], summary",
};
const LINK: Kind = Kind {
    name: "link",
    selector: "a[href], [role=link]",
};
const FIELD: Kind = Kind {
    name: "field",
    selector: "input:not([type=hidden], [type=checkbox], [type=radio], [type=submit], [type=button]), \
               textarea, select",
};
const BOX: Kind = Kind {
    name: "box",
    selector: "input[type=checkbox], input[type=radio]",
};

impl Browser {
    /// Waits for the button of this name to be there and enabled, and clicks it.
    #[track_caller]
    pub fn click_button(&self, name: &str) -> impl Future<Output = ()> {
        self.act(Location::caller(), self.click(BUTTON, name))
    }

    /// Waits for the link of this name and follows it.
    #[track_caller]
    pub fn click_link(&self, name: &str) -> impl Future<Output = ()> {
        self.act(Location::caller(), self.click(LINK, name))
    }

    /// Waits for the button of this name and tells whether it can be clicked.
    #[track_caller]
    pub fn is_enabled(&self, button: &str) -> impl Future<Output = bool> {
        self.act(
            Location::caller(),
            until(move || async move {
                let element = self
                    .find(BUTTON, button, |name, wanted| name == wanted)
                    .await?;
                element
                    .is_enabled()
                    .await
                    .map_err(|error| error.to_string())
            }),
        )
    }

    /// Puts `text` into the field with this label, in place of what it held. A label may go on
    /// after the given words, as in “Email (optional)”.
    #[track_caller]
    pub fn fill(&self, label: &str, text: &str) -> impl Future<Output = ()> {
        self.act(
            Location::caller(),
            until(move || async move {
                let field = self.field(label).await?;
                let filled = async {
                    field.clear().await?;
                    field.send_keys(text).await
                };
                filled
                    .await
                    .map_err(|error| format!("the field “{label}” could not be filled: {error}"))
            }),
        )
    }

    /// Chooses the option of this text in the list with this label.
    #[track_caller]
    pub fn choose(&self, label: &str, option: &str) -> impl Future<Output = ()> {
        self.act(
            Location::caller(),
            until(move || async move {
                let options = self.field(label).await?.find_all(By::Tag("option")).await;
                for candidate in options.unwrap_or_default() {
                    if candidate
                        .text()
                        .await
                        .is_ok_and(|text| squeeze(&text) == option)
                    {
                        return candidate.click().await.map_err(|error| {
                            format!("“{option}” could not be chosen in “{label}”: {error}")
                        });
                    }
                }
                Err(format!("the list “{label}” has no option “{option}”"))
            }),
        )
    }

    /// Ticks the box (or chooses the radio button) whose label begins with these words.
    #[track_caller]
    pub fn tick(&self, label: &str) -> impl Future<Output = ()> {
        self.act(Location::caller(), self.set_box(label, true))
    }

    /// Takes the tick out of the box whose label begins with these words.
    #[track_caller]
    pub fn untick(&self, label: &str) -> impl Future<Output = ()> {
        self.act(Location::caller(), self.set_box(label, false))
    }

    /// The name of what has the focus: what the keyboard would act on.
    #[track_caller]
    pub fn focused(&self) -> impl Future<Output = String> {
        self.act(Location::caller(), self.focused_name())
    }

    pub(super) async fn focused_name(&self) -> Result<String, Complaint> {
        let element = self.driver.active_element().await;
        self.name_of(&element.map_err(|error| format!("nothing has the focus: {error}"))?)
            .await
    }

    async fn click(&self, kind: Kind, name: &str) -> Result<(), Complaint> {
        until(|| async {
            let element = self
                .find(kind, name, |candidate, wanted| candidate == wanted)
                .await?;
            if !element.is_enabled().await.unwrap_or(false) {
                return Err(format!("the {} “{name}” is disabled", kind.name));
            }
            element
                .click()
                .await
                .map_err(|error| format!("the {} “{name}” cannot be clicked: {error}", kind.name))
        })
        .await
    }

    async fn field(&self, label: &str) -> Result<WebElement, Complaint> {
        match self.find(FIELD, label, |name, wanted| name == wanted).await {
            Ok(field) => Ok(field),
            Err(_) => {
                self.find(FIELD, label, |name, wanted| name.starts_with(wanted))
                    .await
            }
        }
    }

    async fn set_box(&self, label: &str, ticked: bool) -> Result<(), Complaint> {
        until(|| async {
            let element = self
                .find(BOX, label, |name, wanted| name.starts_with(wanted))
                .await?;
            self.change_box(&element, ticked)
                .await
                .map_err(|error| format!("the box “{label}” cannot be changed: {error}"))?
                .then_some(())
                .ok_or_else(|| format!("the box “{label}” does not change when it is clicked"))
        })
        .await
    }

    /// Clicks a box that is not as wanted, and tells whether it then is.
    async fn change_box(&self, element: &WebElement, ticked: bool) -> WebDriverResult<bool> {
        if element.is_selected().await? == ticked {
            return Ok(true);
        }
        // A box that is hidden behind what the style sheet draws is clicked by its label.
        if element.click().await.is_err() {
            let script = "arguments[0].labels[0].click()";
            self.driver
                .execute(script, vec![element.to_json()?])
                .await?;
        }
        Ok(element.is_selected().await? == ticked)
    }

    /// The first element of a kind, displayed or a box, whose name matches.
    async fn find(
        &self,
        kind: Kind,
        wanted: &str,
        matches: fn(&str, &str) -> bool,
    ) -> Result<WebElement, Complaint> {
        let candidates = self.driver.find_all(By::Css(kind.selector)).await;
        let candidates =
            candidates.map_err(|error| format!("the page could not be searched: {error}"))?;
        let mut names = Vec::new();
        for element in candidates {
            let displayed = kind.name == BOX.name || element.is_displayed().await.unwrap_or(false);
            if !displayed {
                continue;
            }
            let name = self.name_of(&element).await?;
            if matches(&name, &squeeze(wanted)) {
                return Ok(element);
            }
            names.push(format!("“{name}”"));
        }
        let there = if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        };
        Err(format!(
            "there is no {} “{wanted}”; there is: {there}",
            kind.name
        ))
    }

    /// The accessible name, as the browser computes it for assistive technology.
    async fn name_of(&self, element: &WebElement) -> Result<String, Complaint> {
        let answer = self.driver.cmd(ComputedLabel(element.element_id())).await;
        let name = answer.and_then(|answer| answer.value::<String>());
        name.map(|name| squeeze(&name))
            .map_err(|error| format!("an element has no name: {error}"))
    }
}

/// WebDriver's “Get Computed Label”.
#[derive(Debug)]
struct ComputedLabel(ElementId);

impl FormatRequestData for ComputedLabel {
    fn format_request(&self, session: &SessionId) -> RequestData {
        let path = format!("session/{session}/element/{}/computedlabel", self.0);
        RequestData::new(reqwest::Method::GET, path)
    }
}
