//! What stands around the pages.

use web::{Layout, Link};

use crate::config::{LINKED, TITLES};
use crate::{AppConfig, Partner};

/// What `landing.html` needs besides the layout.
pub(crate) struct Landing {
    pub app: String,
    pub logo: Option<String>,
    pub support: String,
    pub help: String,
    pub terms: String,
    pub privacy: String,
    /// Of an app for tests (LP-05).
    pub test: bool,
    pub steps: Vec<StepView>,
}

/// One step of the stepper.
pub(crate) struct StepView {
    pub label: String,
    /// `done`, `current` or `next`.
    pub state: &'static str,
}

/// A page in the brand of an app's company.
pub(crate) fn branded(app: &AppConfig, title: &str) -> Layout {
    let mut layout = Layout::new(&app.company, title);
    layout.brand_href = format!("/{}", app.slug);
    layout.stylesheets.push(app.href("brand.css"));
    layout
}

/// A page of the partner that belongs to no app.
pub(crate) fn plain(title: &str) -> Layout {
    let mut layout = Layout::new("Partner apps", title);
    layout.footer = vec![
        Link::new("Our apps", "/"),
        Link::new("Console for staff", "/console/connections"),
    ];
    layout
}

/// The frame of a landing page without a stepper.
pub(crate) fn landing(app: &AppConfig) -> Landing {
    Landing {
        app: app.name.clone(),
        logo: Some(app.href("logo.svg")),
        support: app.links.support.clone(),
        help: app.links.help.clone(),
        terms: app.links.terms.clone(),
        privacy: app.links.privacy.clone(),
        test: app.test,
        steps: Vec::new(),
    }
}

/// Steps of which the one at `current` is shown.
pub(crate) fn steps(labels: &[&str], current: usize) -> Vec<StepView> {
    let state = |at: usize| match at.cmp(&current) {
        std::cmp::Ordering::Less => "done",
        std::cmp::Ordering::Equal => "current",
        std::cmp::Ordering::Greater => "next",
    };
    labels
        .iter()
        .enumerate()
        .map(|(at, label)| StepView {
            label: (*label).to_owned(),
            state: state(at),
        })
        .collect()
}

/// The pages of an app that are linked from everywhere.
pub(crate) fn document_links(app: &AppConfig) -> Vec<Link> {
    let linked = TITLES.map(|(name, title)| Link::new(title, app.links.of(name)));
    let others = app.documents.iter();
    let others = others
        .filter(|document| !LINKED.contains(&document.slug.as_str()))
        .map(|document| Link::new(&document.title, &app.href(&document.slug)));
    linked.into_iter().chain(others).collect()
}

impl Partner {
    /// Whether cookies are for https only.
    pub(crate) fn secure(&self) -> bool {
        self.config.public_origin.is_https()
    }
}
