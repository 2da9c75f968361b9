//! Somebody who has neither a flow nor an account: only the form's hidden field needs a session.

use axum::response::Response;
use http::header::SET_COOKIE;
use protocol::{DAY, Form};
use web::{Cookies, PageError, SessionToken, SetCookie};

use crate::Partner;

const COOKIE: &str = "visitor";

/// A session that stands nowhere but in its cookie.
pub(crate) struct Visitor {
    token: SessionToken,
    is_new: bool,
}

impl Visitor {
    /// The one of the cookie, or a new one.
    pub fn welcome(partner: &Partner, cookies: &Cookies) -> Visitor {
        match known(partner, cookies) {
            Some(token) => Visitor {
                token,
                is_new: false,
            },
            None => Visitor {
                token: SessionToken::mint(partner.entropy.bytes()),
                is_new: true,
            },
        }
    }

    pub fn csrf(&self) -> String {
        self.token.csrf()
    }

    /// Gives a new visitor the cookie.
    pub fn remember(&self, partner: &Partner, mut response: Response) -> Response {
        if self.is_new {
            let cookie = SetCookie::header(COOKIE, self.token.expose(), partner.secure(), DAY);
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }

    /// Refuses a form that did not come from a page of this visitor.
    pub fn check(partner: &Partner, cookies: &Cookies, form: &Form) -> Result<(), PageError> {
        let token = known(partner, cookies);
        if token.is_some_and(|token| token.accepts_csrf(form.get("csrf"))) {
            Ok(())
        } else {
            Err(PageError::stale_form())
        }
    }
}

fn known(partner: &Partner, cookies: &Cookies) -> Option<SessionToken> {
    SessionToken::parse(cookies.get(COOKIE, partner.secure())?)
}
