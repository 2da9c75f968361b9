use askama::Template;
use axum::response::Response;
use http::StatusCode;
use web::{Layout, Link};

use crate::{AppConfig, frame, frame::Landing};

/// A landing page on which nothing is asked: it says what happened and what to do.
#[derive(Template)]
#[template(path = "connect/stop.html")]
pub(crate) struct Stop {
    layout: Layout,
    landing: Landing,
    picture: &'static str,
    heading: String,
    lines: Vec<String>,
    actions: Vec<Link>,
    correlation_id: Option<String>,
    retry: Option<Retry>,
}

/// The form that tries the exchange once more.
pub(crate) struct Retry {
    pub action: String,
    pub csrf: String,
}

impl Stop {
    pub fn new(app: &AppConfig, picture: &'static str, heading: impl Into<String>) -> Stop {
        let heading = heading.into();
        Stop {
            layout: frame::branded(app, &heading),
            landing: frame::landing(app),
            picture,
            heading,
            lines: Vec::new(),
            actions: Vec::new(),
            correlation_id: None,
            retry: None,
        }
    }

    pub fn line(mut self, text: impl Into<String>) -> Stop {
        self.lines.push(text.into());
        self
    }

    /// The first action is the main one.
    pub fn action(mut self, label: &str, href: &str) -> Stop {
        self.actions.push(Link::new(label, href));
        self
    }

    pub fn correlation_id(mut self, id: Option<String>) -> Stop {
        self.correlation_id = id;
        self
    }

    pub fn retry(mut self, retry: Retry) -> Stop {
        self.retry = Some(retry);
        self
    }

    pub fn page(&self, status: StatusCode) -> Response {
        web::page_with_status(status, self)
    }
}
