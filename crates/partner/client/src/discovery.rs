use std::error::Error;

use ambient::Skew;
use http::header::DATE;
use protocol::{Origin, Timestamp};
use serde::Deserialize;

use crate::Client;
use crate::http::whole;

/// Where a platform describes itself (OpenID Connect Discovery §4).
const PATH: &str = "/.well-known/openid-configuration";

/// What a base URI of the platform answers who asks what it is.
#[derive(Clone, Debug)]
pub struct Discovered {
    /// Who signs there. `None` where the platform publishes no such document, as the reference
    /// asks for none.
    pub issuer: Option<Origin>,
    /// How far its clock and ours differ, where it tells the time (RFC 9110 §6.6.1).
    pub skew: Option<Skew>,
}

#[derive(Deserialize)]
struct Document {
    issuer: Origin,
}

impl Client {
    /// Asks a base URI for its discovery document: once, and without any secret. An error says for
    /// operators why there is none to believe.
    pub async fn discover(&self, origin: &Origin) -> Result<Discovered, String> {
        let asked = self.clock.now();
        let request = self.http.get(origin.join(PATH)).send();
        let response = request
            .await
            .map_err(|error| format!("it gives no answer: {}", cause(&error)))?;
        let answered = self.clock.now();
        let date = response.headers().get(DATE);
        let date = date.and_then(|date| date.to_str().ok());
        let theirs = date.and_then(seconds).map(Timestamp::from_seconds);
        let skew = theirs.map(|theirs| Skew::between((asked, answered), theirs.as_micros()));
        let issuer = match response.status().as_u16() {
            200 => {
                let body = whole(response).await.map_err(|why| why.description)?;
                let document: Document = serde_json::from_slice(&body)
                    .map_err(|_| "what it answers is no discovery document".to_owned())?;
                Some(document.issuer)
            }
            404 | 405 | 410 | 501 => None,
            status => return Err(format!("it answers with status {status}")),
        };
        Ok(Discovered { issuer, skew })
    }
}

/// The innermost reason: those around it repeat what was asked.
fn cause(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn seconds(date: &str) -> Option<i64> {
    let at = httpdate::parse_http_date(date).ok()?;
    let since_epoch = at.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since_epoch.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_http_writes_it() {
        assert_eq!(
            seconds("Thu, 26 Nov 2026 12:00:00 GMT"),
            Some(1_795_694_400)
        );
        assert_eq!(seconds("2026-11-26T12:00:00Z"), None);
    }
}
