use std::fmt;

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use web::{Layout, Link};

use crate::AppConfig;
use crate::frame::{self, Landing};
use crate::reader::Reader;
use crate::words::Words;

/// A landing page on which nothing is asked: it says what happened and what to do.
#[derive(Template)]
#[template(path = "connect/stop.html")]
pub(crate) struct Stop {
    layout: Layout,
    landing: Landing,
    words: Words,
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
    pub fn new(
        app: &AppConfig,
        reader: &Reader,
        picture: &'static str,
        heading: impl fmt::Display,
    ) -> Stop {
        let heading = heading.to_string();
        Stop {
            layout: frame::branded(app, reader.words, &heading),
            landing: frame::landing(app, reader),
            words: reader.words,
            picture,
            heading,
            lines: Vec::new(),
            actions: Vec::new(),
            correlation_id: None,
            retry: None,
        }
    }

    pub fn line(mut self, text: impl fmt::Display) -> Stop {
        self.lines.push(text.to_string());
        self
    }

    /// A line without variables.
    pub fn says(self, key: &'static str) -> Stop {
        let text = self.words.text(key);
        self.line(text)
    }

    /// The first action is the main one.
    pub fn action(mut self, label: impl fmt::Display, href: &str) -> Stop {
        self.actions.push(Link::new(&label.to_string(), href));
        self
    }

    /// Leads to whoever answers inquiries.
    pub fn contact(self, app: &AppConfig) -> Stop {
        let label = self.words.text("contact-us");
        self.action(label, &app.links.inquiry)
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
