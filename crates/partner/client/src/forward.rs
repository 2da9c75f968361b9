use std::time::{Duration, Instant};

use http::HeaderMap;
use protocol::Origin;
use reqwest::{Body, Method};
use secrecy::{ExposeSecret, SecretString};

use crate::{Call, Client, Refusal};

/// A call that passes through: an upload or a report with images may take its time.
const TIMEOUT: Duration = Duration::from_secs(300);

/// A call of somebody else's, to be made with an access token.
pub struct Forwarded {
    pub method: Method,
    /// Path and query; it begins with a slash.
    pub path: String,
    /// Already freed of what belongs to one hop only.
    pub headers: HeaderMap,
    pub body: Body,
}

impl Client {
    /// Makes a call at `geolocation`, which must stand in the allow-list, and gives the answer as
    /// it comes: its body has not been read. No redirect is followed and nothing is repeated.
    pub async fn forward(
        &self,
        geolocation: &Origin,
        access_token: &SecretString,
        call: Forwarded,
    ) -> (Result<http::Response<Body>, Refusal>, Option<Call>) {
        if let Err(refusal) = self.allowed(geolocation) {
            return (Err(refusal), None);
        }
        let ours = self.entropy.uuid().to_string();
        let mut logged = Call {
            at: self.clock.now(),
            what: what(&call.method),
            origin: geolocation.clone(),
            status: None,
            code: None,
            correlation_id: ours.clone(),
            took: Duration::ZERO,
        };
        let started = Instant::now();
        let mut headers = call.headers;
        if let Some(theirs) = correlation_id(&headers) {
            logged.correlation_id = theirs;
        } else if let Ok(value) = ours.parse() {
            headers.insert("concur-correlationid", value);
        }
        let request = self
            .http
            .request(call.method, geolocation.join(&call.path))
            .timeout(TIMEOUT)
            .headers(headers)
            .bearer_auth(access_token.expose_secret())
            .body(call.body);
        let result = self.execute(request).await.map(http::Response::from);
        logged.took = started.elapsed();
        if let Ok(response) = &result {
            logged.status = Some(response.status().as_u16());
            if let Some(theirs) = correlation_id(response.headers()) {
                logged.correlation_id = theirs;
            }
        }
        (result, Some(logged))
    }
}

fn correlation_id(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("concur-correlationid")?.to_str().ok()?;
    Some(value.chars().take(255).collect())
}

/// Paths of other people's calls hold ids; the log names the method alone.
fn what(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET (passed on)",
        Method::POST => "POST (passed on)",
        Method::PUT => "PUT (passed on)",
        Method::PATCH => "PATCH (passed on)",
        Method::DELETE => "DELETE (passed on)",
        _ => "passed on",
    }
}
