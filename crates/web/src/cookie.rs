use std::convert::Infallible;
use std::time::Duration;

use axum::extract::FromRequestParts;
use http::header::COOKIE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};

/// The cookies of a request.
#[derive(Clone, Debug, Default)]
pub struct Cookies(Vec<(String, String)>);

impl Cookies {
    pub fn of(headers: &HeaderMap) -> Cookies {
        let pairs = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Cookies(pairs)
    }

    /// The value of the cookie that [`SetCookie::header`] set under the same `name` and `secure`.
    pub fn get(&self, name: &str, secure: bool) -> Option<&str> {
        let name = full_name(name, secure);
        self.0
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.as_str())
    }
}

impl<S: Sync> FromRequestParts<S> for Cookies {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Cookies, Infallible> {
        Ok(Cookies::of(&parts.headers))
    }
}

/// A `Set-Cookie` header: HttpOnly, SameSite=Lax, for the whole site.
///
/// Where the site is https it is Secure and carries the `__Host-` prefix (S33); a demo on the
/// loopback address speaks http, where browsers and other clients would not send it back.
pub struct SetCookie;

impl SetCookie {
    /// `value` must consist of characters that a cookie may hold, as base64url has them.
    pub fn header(name: &str, value: &str, secure: bool, max_age: Duration) -> HeaderValue {
        SetCookie::text(name, value, secure, max_age.as_secs())
    }

    /// Tells the browser to forget it.
    pub fn expired(name: &str, secure: bool) -> HeaderValue {
        SetCookie::text(name, "", secure, 0)
    }

    fn text(name: &str, value: &str, secure: bool, max_age: u64) -> HeaderValue {
        let name = full_name(name, secure);
        let flag = if secure { "; Secure" } else { "" };
        let text =
            format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{flag}");
        HeaderValue::from_str(&text).expect("names and values are plain ASCII")
    }
}

fn full_name(name: &str, secure: bool) -> String {
    if secure {
        format!("__Host-{name}")
    } else {
        name.to_owned()
    }
}
