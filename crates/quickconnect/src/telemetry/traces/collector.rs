use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;

/// Whom spans are sent to. The exporter calls from a thread of its own, which belongs to no runtime:
/// requests are made on the program's.
#[derive(Debug)]
pub struct Collector {
    http: reqwest::Client,
    runtime: Handle,
    is_away: AtomicBool,
}

impl Collector {
    /// Within the program's runtime. An answer may take as long as `patience`.
    pub fn new(patience: Duration) -> Result<Collector, reqwest::Error> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(patience)
            .build()?;
        Ok(Collector {
            http,
            runtime: Handle::current(),
            is_away: AtomicBool::new(false),
        })
    }

    /// Says once that it is away, and once that it is back.
    fn tell(&self, trouble: Option<String>) {
        let was_away = self.is_away.swap(trouble.is_some(), Ordering::Relaxed);
        match trouble {
            Some(reason) if !was_away => tracing::warn!(reason, "spans are not exported"),
            None if was_away => tracing::info!("spans are exported again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (http, request) = (self.http.clone(), reqwest::Request::try_from(request)?);
        let sent = self.runtime.spawn(async move {
            let answer = http.execute(request).await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            Ok::<_, reqwest::Error>((status, headers, answer.bytes().await?))
        });
        let (status, headers, body) = match sent.await? {
            Ok(answer) => answer,
            Err(error) => {
                self.tell(Some(error.to_string()));
                return Err(error.into());
            }
        };
        self.tell((!status.is_success()).then(|| format!("the collector answers {status}")));
        let mut response = Response::new(body);
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        Ok(response)
    }
}
