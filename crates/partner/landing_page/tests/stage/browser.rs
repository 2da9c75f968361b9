use std::collections::BTreeMap;

use axum::Router;
use http::{HeaderValue, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// Keeps cookies, sends forms, and does not follow redirects by itself.
#[derive(Clone)]
pub struct Browser {
    pub(super) site: Router,
    pub cookies: BTreeMap<String, String>,
    /// Languages that it asks for.
    pub accepts: &'static str,
}

pub struct Page {
    pub status: StatusCode,
    pub location: String,
    pub opener_policy: String,
    pub correlation_id: String,
    pub language: String,
    pub varies: String,
    pub html: String,
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, String::new()).await
    }

    /// Opens an address and follows redirects to the end.
    pub async fn open(&mut self, path: &str) -> Page {
        let mut page = self.get(path).await;
        while !page.location.is_empty() {
            page = self.get(&page.location.clone()).await;
        }
        page
    }

    /// Sends the form of a page with its hidden fields.
    pub async fn submit(&mut self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        assert!(
            page.html.contains(&format!("action=\"{action}\"")),
            "no form {action}: {}",
            page.html
        );
        let mut body = page.with_csrf("");
        for (name, value) in fields {
            let value = value
                .replace('%', "%25")
                .replace('&', "%26")
                .replace('+', "%2B");
            body.push_str(&format!("&{name}={value}"));
        }
        self.send("POST", action, body).await
    }

    /// Signs up for the ledger, whose link is open, as far as the confirmation.
    pub async fn signs_up(&mut self) -> Page {
        let page = self.get("/connect/ledger/sign-up").await;
        let person = [
            ("name", "Maren Holloway"),
            ("email", "maren@brackwater.example"),
            ("password", "correct horse battery"),
        ];
        let next = self.submit(&page, "/connect/ledger/sign-up", &person).await;
        let page = self.open(&next.location).await;
        let company = [
            ("company_name", "Brackwater"),
            ("terms", "yes"),
            ("privacy", "yes"),
        ];
        let next = self
            .submit(&page, "/connect/ledger/sign-up/company", &company)
            .await;
        self.open(&next.location).await
    }

    pub async fn send(&mut self, method: &str, path: &str, body: String) -> Page {
        self.send_with(&[], (method, path), body).await
    }

    /// With these headers, in place of those that it has of the same name.
    pub async fn send_with(
        &mut self,
        headers: &[(&'static str, &'static str)],
        (method, path): (&str, &str),
        body: String,
    ) -> Page {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "127.0.0.1:8090")
            .header("cookie", cookies.join("; "))
            .header("accept-language", self.accepts)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(body))
            .unwrap();
        for (name, value) in headers {
            let value = HeaderValue::from_static(value);
            request.headers_mut().insert(*name, value);
        }
        let response = self.site.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.into(), value.into());
        }
        let header = |name: &str| {
            let value = response.headers().get(name);
            value.map_or(String::new(), |value| value.to_str().unwrap().to_owned())
        };
        let (location, opener_policy) = (header("location"), header("cross-origin-opener-policy"));
        let correlation_id = header(web::CORRELATION_HEADER);
        let (language, varies) = (header("content-language"), header("vary"));
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Page {
            status,
            location,
            opener_policy,
            correlation_id,
            language,
            varies,
            html: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

impl Page {
    fn csrf(&self) -> &str {
        let (_, rest) = self.html.split_once("name=\"csrf\" value=\"").unwrap();
        rest.split_once('"').unwrap().0
    }

    /// What a form of this page sends.
    pub fn with_csrf(&self, fields: &str) -> String {
        format!("csrf={}{fields}", self.csrf())
    }

    pub fn says(&self, text: &str) -> &Page {
        assert!(
            self.html.contains(text),
            "{text:?} is not on the page:\n{}",
            self.html
        );
        self
    }

    pub fn leads_to(&self, path: &str) -> &Page {
        assert_eq!(
            (self.status, self.location.as_str()),
            (StatusCode::SEE_OTHER, path),
            "{}",
            self.html
        );
        self
    }
}
