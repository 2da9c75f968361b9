//! What stands around the pages.

use web::{Layout, Link};

use crate::{AppConfig, Partner};

/// What `landing.html` needs besides the layout.
pub(crate) struct Landing {
    pub app: String,
    pub logo: Option<String>,
    pub support: String,
    pub help: String,
    pub terms: String,
    pub privacy: String,
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
        support: app.href("support"),
        help: app.href("help"),
        terms: app.href("terms"),
        privacy: app.href("privacy"),
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
    app.documents
        .iter()
        .map(|document| Link::new(&document.title, &app.href(&document.slug)))
        .collect()
}

impl Partner {
    /// Whether cookies are for https only.
    pub(crate) fn secure(&self) -> bool {
        self.config.public_origin.is_https()
    }
}
