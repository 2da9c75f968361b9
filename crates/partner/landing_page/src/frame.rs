//! What stands around the pages.

use web::{Layout, Link};

use crate::config::LINKED;
use crate::reader::Reader;
use crate::words::Words;
use crate::{AppConfig, Language, Partner};

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
    /// Where there is more than one language to choose from.
    pub switch: Option<Switch>,
}

/// The form with which a visitor chooses the language.
pub(crate) struct Switch {
    pub action: String,
    /// The page that is shown, to which it leads back.
    pub page: String,
    pub languages: Vec<LanguageView>,
    /// The page has a form, which the buttons send instead: what was typed is kept.
    pub keeps_typed: bool,
}

pub(crate) struct LanguageView {
    pub tag: &'static str,
    pub name: &'static str,
    pub current: bool,
}

/// One step of the stepper.
pub(crate) struct StepView {
    pub label: String,
    /// `done`, `current` or `next`.
    pub state: &'static str,
}

/// A page in the brand of an app's company.
pub(crate) fn branded(app: &AppConfig, words: Words, title: &str) -> Layout {
    let mut layout = spoken(words, Layout::new(&app.company, title));
    layout.brand_href = format!("/{}", app.slug);
    layout.stylesheets.push(app.href("brand.css"));
    if let Some(own) = &app.frame {
        layout.stylesheets.extend(own.style_sheet());
        layout.frame = Some(own.frame(&layout.lang));
    }
    layout
}

/// A page of the partner that belongs to no app.
pub(crate) fn plain(words: Words, title: &str) -> Layout {
    let mut layout = spoken(words, Layout::new(&words.text("partner-apps"), title));
    layout.footer = vec![
        Link::new(&words.text("our-apps"), "/"),
        Link::new(&words.text("console-for-staff"), "/console/connections"),
    ];
    layout
}

fn spoken(words: Words, mut layout: Layout) -> Layout {
    let Words(language) = words;
    layout.lang = language.tag().to_owned();
    layout.dir = language.direction().to_owned();
    layout.words = words.of_frame();
    layout
}

/// The frame of a landing page without a stepper.
pub(crate) fn landing(app: &AppConfig, reader: &Reader) -> Landing {
    Landing {
        app: app.name.clone(),
        logo: Some(app.href("logo.svg")),
        support: app.links.support.clone(),
        help: app.links.help.clone(),
        terms: app.links.terms.clone(),
        privacy: app.links.privacy.clone(),
        test: app.test,
        steps: Vec::new(),
        switch: switch(app, reader),
    }
}

/// The frame of a page whose form has the id `typed` and takes [`Chosen`].
///
/// [`Chosen`]: crate::connect::Chosen
pub(crate) fn landing_with_form(app: &AppConfig, reader: &Reader) -> Landing {
    let mut landing = landing(app, reader);
    if let Some(switch) = &mut landing.switch {
        switch.keeps_typed = true;
    }
    landing
}

/// Leads back to the page that is shown, if there is anything to choose.
pub(crate) fn switch(app: &AppConfig, reader: &Reader) -> Option<Switch> {
    let view = |language: &Language| LanguageView {
        tag: language.tag(),
        name: language.name(),
        current: reader.words == Words(*language),
    };
    (app.languages.len() > 1).then(|| Switch {
        action: format!("/connect/{}/language", app.slug),
        page: reader.path.to_string(),
        languages: app.languages.iter().map(view).collect(),
        keeps_typed: false,
    })
}

/// Steps of which the one at `current` is shown.
pub(crate) fn steps(labels: Vec<String>, current: usize) -> Vec<StepView> {
    let state = |at: usize| match at.cmp(&current) {
        std::cmp::Ordering::Less => "done",
        std::cmp::Ordering::Equal => "current",
        std::cmp::Ordering::Greater => "next",
    };
    labels
        .into_iter()
        .enumerate()
        .map(|(at, label)| StepView {
            label,
            state: state(at),
        })
        .collect()
}

/// The pages of an app that are linked from everywhere.
pub(crate) fn document_links(app: &AppConfig, words: Words) -> Vec<Link> {
    let linked = LINKED.map(|name| Link::new(&title_of(name, words), app.links.of(name)));
    let others = app.documents.iter();
    let others = others
        .filter(|document| !LINKED.contains(&document.slug.as_str()))
        .map(|document| Link::new(document.title.of(&words), &app.href(&document.slug)));
    linked.into_iter().chain(others).collect()
}

/// Title of one of the documents that every landing page links.
pub(crate) fn title_of(document: &str, words: Words) -> String {
    match document {
        "terms" => words.text("terms"),
        "privacy" => words.text("privacy"),
        "support" => words.text("support"),
        _ => words.text("help"),
    }
}

impl Partner {
    /// Whether cookies are for https only.
    pub(crate) fn secure(&self) -> bool {
        self.config.public_origin.is_https()
    }
}
