//! The wire as a partner's program speaks it: plain HTTP, nothing of ours in between.

use protocol::RequestTokenAnswer;
use reqwest::header::HeaderMap;
use sandbox::AppFacts;
use serde_json::Value;

use crate::House;

/// An answer, read to its end.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub async fn read(response: reqwest::Response) -> Answer {
        let answer = Answer::try_read(response).await;
        answer.expect("the answer can be read")
    }

    /// None when the connection ends before the answer does.
    pub(crate) async fn try_read(response: reqwest::Response) -> Option<Answer> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Some(Answer {
            status,
            headers,
            body: response.text().await.ok()?,
        })
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.body);
        parsed.unwrap_or_else(|_| {
            panic!("{} with a body that is no JSON: {}", self.status, self.body)
        })
    }

    /// The number of a refusal; 0 when it is none.
    #[track_caller]
    pub fn code(&self) -> u64 {
        self.json()["code"].as_u64().unwrap_or(0)
    }

    /// A field of a JSON answer that must be text.
    #[track_caller]
    pub fn text(&self, field: &str) -> String {
        let value = &self.json()[field];
        value
            .as_str()
            .unwrap_or_else(|| panic!("no {field} in {}", self.body))
            .to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl House {
    /// A request builder that follows no redirect.
    pub fn request(&self, method: &str, url: &str) -> reqwest::RequestBuilder {
        self.http.request(method.parse().expect("a method"), url)
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        Answer::read(request.send().await.expect("the server answers")).await
    }

    /// `POST /oauth2/v0/token` at a data centre.
    pub async fn token(&self, center: &str, form: &[(&str, &str)]) -> Answer {
        let url = format!("{}/oauth2/v0/token", self.center(center));
        self.send(self.request("POST", &url).form(form)).await
    }

    /// The exchange of CF-20.
    pub async fn exchange(&self, app: &AppFacts, connect: &RequestTokenAnswer) -> Answer {
        self.exchange_at("glz", app, connect).await
    }

    pub async fn exchange_at(
        &self,
        center: &str,
        app: &AppFacts,
        connect: &RequestTokenAnswer,
    ) -> Answer {
        let (client_id, username) = (app.client_id.to_string(), connect.id.to_string());
        let form = [
            ("client_id", client_id.as_str()),
            ("client_secret", &app.client_secret),
            ("grant_type", "password"),
            ("username", &username),
            ("password", &connect.request_token),
            ("credtype", "authtoken"),
        ];
        self.token(center, &form).await
    }

    pub async fn refresh(&self, center: &str, app: &AppFacts, refresh_token: &str) -> Answer {
        let client_id = app.client_id.to_string();
        let form = [
            ("client_id", client_id.as_str()),
            ("client_secret", &app.client_secret),
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ];
        self.token(center, &form).await
    }

    /// `grant_type=client_credentials`.
    pub async fn app_token(&self, center: &str, app: &AppFacts) -> Answer {
        let form = [("grant_type", "client_credentials")];
        self.as_client(center, "token", app, &form).await
    }

    /// Asks as `app` whether a token of either kind stands.
    pub async fn introspect(&self, center: &str, app: &AppFacts, token: &str) -> Answer {
        self.as_client(center, "introspect", app, &[("token", token)])
            .await
    }

    /// Gives a token of either kind back, as `app`.
    pub async fn revoke_token(&self, center: &str, app: &AppFacts, token: &str) -> Answer {
        self.as_client(center, "revoke", app, &[("token", token)])
            .await
    }

    /// `POST /oauth2/v0/{endpoint}` with the credentials of `app` in the body.
    pub async fn as_client(
        &self,
        center: &str,
        endpoint: &str,
        app: &AppFacts,
        fields: &[(&str, &str)],
    ) -> Answer {
        let url = format!("{}/oauth2/v0/{endpoint}", self.center(center));
        let client_id = app.client_id.to_string();
        let mut form = vec![
            ("client_id", client_id.as_str()),
            ("client_secret", &app.client_secret),
        ];
        form.extend_from_slice(fields);
        self.send(self.request("POST", &url).form(&form)).await
    }

    /// A call of an API with an access token.
    pub async fn get(&self, center: &str, path: &str, access_token: &str) -> Answer {
        let url = format!("{}{path}", self.center(center));
        self.send(self.request("GET", &url).bearer_auth(access_token))
            .await
    }

    /// Ends a connection as its partner does.
    pub async fn revoke(&self, center: &str, access_token: &str) -> Answer {
        let url = format!("{}/app-mgmt/v0/connections", self.center(center));
        self.send(self.request("DELETE", &url).bearer_auth(access_token))
            .await
    }
}
