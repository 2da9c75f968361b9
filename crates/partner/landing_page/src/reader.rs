use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE, VARY};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use web::Cookies;

use crate::language::negotiate;
use crate::words::Words;
use crate::{Language, Partner};

/// Name of the cookie that keeps a visitor's choice of language.
pub(crate) const COOKIE: &str = "language";

/// Who reads the page that is asked for.
#[derive(Clone)]
pub(crate) struct Reader {
    pub words: Words,
    /// Path of the page, without what followed a question mark.
    pub path: Arc<str>,
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Reader, Infallible> {
        let known = parts.extensions.get::<Reader>();
        Ok(known.cloned().unwrap_or_else(|| Reader {
            words: Words::ENGLISH,
            path: parts.uri.path().into(),
        }))
    }
}

/// Settles the language of every answer, and says in its headers which it is and what it hangs on.
pub(crate) async fn settle(
    State(partner): State<Partner>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let path: Arc<str> = parts.uri.path().into();
    let Wanted { words, varies } = partner.wanted(&parts.headers, &path);
    parts.extensions.insert(Reader { words, path });
    let mut response = next.run(Request::from_parts(parts, body)).await;
    // A form may have been sent to have its page in another language.
    let turned = response.extensions().get::<Words>();
    let words = turned.copied().unwrap_or(words);
    response.extensions_mut().insert(words);
    let kind = response.headers().get(CONTENT_TYPE);
    let is_page = !response.status().is_redirection()
        && kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        Wanted { words, varies }.told(response.headers_mut());
    }
    response
}

/// The language that somebody wants a page in.
pub(crate) struct Wanted {
    pub words: Words,
    /// Somebody else might have got another.
    varies: bool,
}

impl Wanted {
    /// Says in an answer's headers which language it is in, and what that hangs on.
    pub fn told(&self, headers: &mut HeaderMap) {
        let Words(language) = self.words;
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        if self.varies {
            headers.insert(VARY, HeaderValue::from_static("accept-language, cookie"));
        }
    }
}

impl Partner {
    /// By the headers of a request for the page at a path.
    pub(crate) fn wanted(&self, headers: &HeaderMap, path: &str) -> Wanted {
        let offered = self.offered(path);
        let accepted = headers.get(ACCEPT_LANGUAGE);
        let language = negotiate(
            Cookies::of(headers).get(COOKIE, self.secure()),
            accepted.and_then(|value| value.to_str().ok()),
            &offered,
        );
        Wanted {
            words: Words(language),
            varies: offered.len() > 1,
        }
    }

    /// Languages of the page at a path, the default first. The console of the staff is in English.
    fn offered(&self, path: &str) -> Vec<Language> {
        let mut parts = path.split('/').skip(1);
        let slug = match parts.next() {
            Some("console") => return vec![Language::English],
            Some("connect") => parts.next(),
            first => first,
        };
        let named = self.apps.iter().find(|app| Some(app.slug.as_str()) == slug);
        if let Some(app) = named {
            return app.languages.clone();
        }
        let mut all = Vec::new();
        for language in self.apps.iter().flat_map(|app| &app.languages) {
            if !all.contains(language) {
                all.push(*language);
            }
        }
        all
    }
}
