//! The mails of a demo, on pages of their own: what a mailbox would show. On an origin of its own,
//! which a platform that is served for customers does not have (S60).

mod error_page;
mod list;
mod mail;
mod page;

use std::path::PathBuf;
use std::sync::Arc;

use ambient::{Clock, Entropy};
use axum::Router;
use protocol::Origin;
use web::{Access, ErrorStyle, Layout, Link, Routes, Site};

/// What the pages are made of. Cheap to clone.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

pub struct Inner {
    pub folder: PathBuf,
    pub origin: Origin,
    pub platform_name: String,
    pub app_center: Origin,
    pub clock: Clock,
    pub entropy: Entropy,
}

/// Every page of the site: for anybody on this machine, as the demo's passwords are.
pub fn routes() -> Routes<Outbox> {
    Routes::new()
        .get("/", Access::Public, list::show)
        .get("/mails/{name}", Access::Public, mail::show)
        .get("/mails/{name}/page", Access::Public, page::show)
}

impl Outbox {
    pub fn new(inner: Inner) -> Outbox {
        Outbox(Arc::new(inner))
    }

    /// The site, complete.
    pub fn site(&self) -> Router {
        let own = self.clone();
        let site = Site {
            name: "outbox",
            origins: vec![self.origin.clone()],
            entropy: self.entropy.clone(),
            errors: ErrorStyle::Page(Arc::new(move |view| error_page::render(&own, view))),
            has_forms: false,
        };
        site.wrap(routes().into_router(self.clone()))
    }

    fn layout(&self, title: &str) -> Layout {
        let mut layout = Layout::new(&format!("{} outbox", self.platform_name), title);
        layout.footer = vec![Link::new("App Center", self.app_center.as_str())];
        layout
    }
}

impl std::ops::Deref for Outbox {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}
