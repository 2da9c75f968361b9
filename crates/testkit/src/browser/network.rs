//! What a browser has asked servers for.

use std::panic::Location;

use serde_json::Value;

use super::Browser;
use super::wait::Complaint;

/// A request as it was sent, one for each redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The page for which it was sent; for a page, the page itself.
    pub page: String,
    pub url: String,
    /// Whether a page was asked for, not something that a page loads.
    pub is_page: bool,
    /// The header `Referer`, as it went over the wire.
    pub referer: Option<String>,
}

impl Request {
    /// Whether it went to the origin of its page. What stands in the address itself goes nowhere.
    fn stays(&self) -> bool {
        self.is_page || self.url.starts_with("data:") || origin(&self.url) == origin(&self.page)
    }
}

impl Browser {
    /// What was asked for since this was last called, in all windows.
    #[track_caller]
    pub fn requests(&self) -> impl Future<Output = Vec<Request>> {
        self.act(Location::caller(), self.asked())
    }

    /// Asserts that every page since the last call has loaded nothing from elsewhere than its own
    /// origin, and that no request said from where it came. Gives what was asked for.
    #[track_caller]
    pub fn loads_nothing_from_elsewhere(&self) -> impl Future<Output = Vec<Request>> {
        self.act(Location::caller(), async move {
            let requests = self.asked().await?;
            if let Some(strange) = requests.iter().find(|request| !request.stays()) {
                return Err(format!("{} loads {}", strange.page, strange.url));
            }
            match requests.iter().find(|request| request.referer.is_some()) {
                Some(telling) => Err(format!(
                    "{} is told that the request comes from {:?}",
                    telling.url, telling.referer
                )),
                None => Ok(requests),
            }
        })
    }

    async fn asked(&self) -> Result<Vec<Request>, Complaint> {
        let log = self.driver.get_log("performance").await;
        let log = log.map_err(|error| format!("the network's log could not be read: {error}"))?;
        let events: Vec<Value> = log
            .iter()
            .filter_map(|entry| serde_json::from_str::<Value>(&entry.message).ok())
            .map(|mut entry| entry["message"].take())
            .collect();
        Ok(requests(&events))
    }
}

/// The requests among events of the network. The headers as they were sent come in events of their
/// own, in the same order for the same id.
fn requests(events: &[Value]) -> Vec<Request> {
    let of = |method: &'static str| events.iter().filter(move |event| event["method"] == method);
    let mut sent: Vec<&Value> = of("Network.requestWillBeSentExtraInfo").collect();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    of("Network.requestWillBeSent")
        // A window begins with a page of the browser itself.
        .filter(|event| !text(&event["params"]["documentURL"]).starts_with("chrome:"))
        .map(|event| {
            let event = &event["params"];
            let place = sent
                .iter()
                .position(|more| more["params"]["requestId"] == event["requestId"]);
            let as_sent = place.map(|at| &sent.remove(at)["params"]["headers"]);
            Request {
                page: text(&event["documentURL"]),
                url: text(&event["request"]["url"]),
                is_page: event["type"] == "Document",
                referer: as_sent
                    .and_then(referer)
                    .or_else(|| referer(&event["request"]["headers"])),
            }
        })
        .collect()
}

fn referer(headers: &Value) -> Option<String> {
    let headers = headers.as_object()?.iter();
    let mut found = headers.filter(|(name, _)| name.eq_ignore_ascii_case("referer"));
    // Where none is to be sent, the browser's own list says that it is empty.
    let value = found.next()?.1.as_str().filter(|text| !text.is_empty());
    value.map(str::to_owned)
}

/// Scheme, host and port.
fn origin(url: &str) -> &str {
    let rest = url.find("://").map_or(0, |at| at + 3);
    let end = url[rest..].find(['/', '?', '#']);
    end.map_or(url, |end| &url[..rest + end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_request_is_known_by_its_page_and_by_what_was_sent() {
        let asked = |id: &str, url: &str, kind: &str| {
            json!({ "method": "Network.requestWillBeSent", "params": { "requestId": id, "type": kind,
                "documentURL": "http://a.example:1/b?c", "request": { "url": url, "headers": {} } } })
        };
        let sent = |id: &str, headers: Value| {
            json!({ "method": "Network.requestWillBeSentExtraInfo",
                "params": { "requestId": id, "headers": headers } })
        };
        let found = requests(&[
            sent("1", json!({ "Host": "a.example:1" })),
            asked("1", "http://a.example:1/b?c", "Document"),
            asked("2", "http://a.example:1", "Image"),
            sent("2", json!({ "referer": "http://a.example:1/" })),
            asked("3", "http://a.example/d.css", "Stylesheet"),
            asked("4", "data:image/gif;base64,AA", "Image"),
        ]);
        let seen: Vec<(bool, Option<&str>)> = found
            .iter()
            .map(|request| (request.stays(), request.referer.as_deref()))
            .collect();
        let from = Some("http://a.example:1/");
        assert_eq!(
            seen,
            [(true, None), (true, from), (false, None), (true, None)]
        );
    }
}
