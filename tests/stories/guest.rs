//! Somebody at a partner's landing page, at 800×600, with the keyboard alone.

use std::cell::RefCell;
use std::collections::BTreeSet;

use sandbox::{AppFacts, CompanyFacts};
use testkit::House;
use testkit::browser::{Browser, Key};

use crate::actors::look;
use crate::browser_crowded::show;

/// Every page that comes is looked at, see [`Guest::sees`].
pub struct Guest<'a> {
    pub house: &'a House,
    pub browser: &'a Browser,
    seen: RefCell<BTreeSet<String>>,
}

impl<'a> Guest<'a> {
    pub fn at(house: &'a House, browser: &'a Browser) -> Guest<'a> {
        Guest {
            house,
            browser,
            seen: RefCell::default(),
        }
    }

    /// How many pages were looked at.
    pub fn pages(&self) -> usize {
        self.seen.borrow().len()
    }

    /// Comes by a link of the platform, as after a click on Connect. The token does not stay in the
    /// address.
    pub async fn arrives(&self, company: &CompanyFacts, app: &AppFacts) {
        let link = self.house.request_token(company, app).await;
        let (id, token, user) = (link.id, link.request_token, link.user_id);
        let query = format!("id={id}&requestToken={token}&userId={user}");
        self.opens(&format!("{}?{query}", app.connect_uri)).await;
        assert_eq!(self.browser.url().await, app.connect_uri);
        self.sees(&format!("Connect Quick Connect to {}", app.name))
            .await;
    }

    pub async fn opens(&self, url: &str) {
        self.browser.open(url).await;
    }

    /// Waits for a page that shows this, and looks at it: as axe does, for what sticks out to the
    /// side, with Tab from one end to the other, and for what it has loaded. A page that came before
    /// with the same title and the same text is looked at once.
    pub async fn sees(&self, text: &str) {
        self.browser.see(text).await;
        let (url, title) = (self.browser.url().await, self.browser.title().await);
        if self
            .seen
            .borrow_mut()
            .insert(format!("{url} {title} {text}"))
        {
            look(self.browser).await;
            self.browser.usable_by_keyboard().await;
            let name = format!("landing-{:02}", self.pages());
            show(self.browser, &name).await;
        }
    }

    /// Waits for a form that came back. Its summary has the focus and leads to the first field.
    pub async fn is_told(&self, summary: &str, first: &str) {
        self.browser.see(summary).await;
        self.browser.focus_is_on("error-summary").await;
        self.browser.press(Key::Tab).await;
        self.browser.press(Key::Enter).await;
        let focused = self.browser.focused().await;
        assert!(focused.starts_with(first), "the summary leads to {focused}");
        self.sees(summary).await;
    }

    pub async fn types(&self, label: &str, text: &str) {
        self.browser.type_at(label, text).await;
    }

    /// Types the first letters of an option.
    pub async fn chooses(&self, label: &str, option: &str) {
        self.browser.type_at(label, option).await;
    }

    pub async fn ticks(&self, label: &str) {
        self.browser.press_at(label, Key::Space).await;
    }

    /// Presses a button, or follows a link.
    pub async fn presses(&self, name: &str) {
        self.browser.press_at(name, Key::Enter).await;
    }

    /// From the page that asks for confirmation to the one that says it is done.
    pub async fn connects(&self, company: &CompanyFacts) {
        self.presses(&connect(company)).await;
        self.sees("You may now close this window.").await;
        self.browser.see("is connected").await;
    }
}

/// What is written on the button that connects a company.
pub fn connect(company: &CompanyFacts) -> String {
    format!("Connect company …{}", company.id.tail())
}
