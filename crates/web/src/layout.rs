use std::sync::Arc;

use crate::{FrameWords, number};

/// An address with words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub label: String,
    pub href: String,
    /// Whether it names the page that is shown.
    pub current: bool,
    /// How many things wait there; none are not shown.
    pub count: i64,
}

impl Link {
    pub fn new(label: &str, href: &str) -> Link {
        Link {
            label: label.to_owned(),
            href: href.to_owned(),
            current: false,
            count: 0,
        }
    }

    /// [`Link::count`] as people read it: `9,041`.
    pub fn counted(&self) -> String {
        number(u64::try_from(self.count).unwrap_or(0))
    }

    pub fn counting(mut self, count: i64) -> Link {
        self.count = count;
        self
    }

    pub fn current_if(mut self, current: bool) -> Link {
        self.current = current;
        self
    }
}

/// Who has signed in, as the header shows it.
#[derive(Clone, Debug)]
pub struct LayoutUser {
    pub name: String,
    pub company: String,
    pub initials: String,
}

/// A banner above the page's content. Its kind has an icon and a word besides its colour.
#[derive(Clone, Debug)]
pub struct Notice {
    /// As the style sheet spells it: `info`, `success`, `warning`, `error`.
    pub kind: &'static str,
    pub text: String,
}

impl Notice {
    pub fn success(text: impl Into<String>) -> Notice {
        Notice {
            kind: "success",
            text: text.into(),
        }
    }

    pub fn warning(text: impl Into<String>) -> Notice {
        Notice {
            kind: "warning",
            text: text.into(),
        }
    }

    pub fn error(text: impl Into<String>) -> Notice {
        Notice {
            kind: "error",
            text: text.into(),
        }
    }

    pub fn info(text: impl Into<String>) -> Notice {
        Notice {
            kind: "info",
            text: text.into(),
        }
    }
}

/// A site's own frame around `main`, in place of the header and the footer: HTML that was judged
/// before.
#[derive(Clone, Debug)]
pub struct Frame {
    pub before: String,
    pub after: String,
}

/// What the base template needs of every page.
#[derive(Clone, Debug)]
pub struct Layout {
    pub brand: String,
    pub brand_href: String,
    pub page_title: String,
    pub lang: String,
    pub dir: String,
    /// Addresses of the style sheets, the shared one first.
    pub stylesheets: Vec<String>,
    pub script: String,
    pub nav: Vec<Link>,
    pub user: Option<LayoutUser>,
    /// For the sign-out form.
    pub csrf: String,
    /// What every page of the site links at its foot.
    pub footer: Vec<Link>,
    pub notice: Option<Notice>,
    /// English, unless a site speaks more.
    pub words: FrameWords,
    /// Instead of ours.
    pub frame: Option<Arc<Frame>>,
}

impl Layout {
    /// A page of the site `brand` for somebody who has not signed in.
    pub fn new(brand: &str, page_title: &str) -> Layout {
        Layout {
            brand: brand.to_owned(),
            brand_href: "/".to_owned(),
            page_title: page_title.to_owned(),
            lang: "en".to_owned(),
            dir: "ltr".to_owned(),
            stylesheets: vec![crate::asset_href("style.css")],
            script: crate::asset_href("script.js"),
            nav: Vec::new(),
            user: None,
            csrf: String::new(),
            footer: Vec::new(),
            notice: None,
            words: FrameWords::default(),
            frame: None,
        }
    }
}
