//! A person's browser without a screen: it keeps cookies, follows no redirect by itself, and fills
//! forms in.

use std::collections::BTreeMap;
use std::sync::Mutex;

use protocol::Form;
use sandbox::{AppFacts, UserFacts};

use crate::{Answer, House};

pub struct Visitor<'a> {
    house: &'a House,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// The value of a form's hidden field; empty when there is none.
pub fn hidden(page: &Answer, name: &str) -> String {
    let wanted = format!("name=\"{name}\" value=\"");
    let rest = page.body.split_once(&wanted).map(|(_, rest)| rest);
    let value = rest.and_then(|rest| rest.split_once('"'));
    value.map_or_else(String::new, |(value, _)| value.to_owned())
}

/// The text of a code box of a page.
#[track_caller]
pub fn boxed(page: &Answer, id: &str) -> String {
    let begin = format!("<code id=\"{id}\" tabindex=\"0\">");
    let after = page.body.split_once(&begin).map(|(_, after)| after);
    let text = after.and_then(|after| after.split_once("</code>"));
    let text = text.unwrap_or_else(|| panic!("no box {id} in {}", page.body));
    text.0.to_owned()
}

/// A parameter of an address's query; empty when there is none.
pub fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let query = Form::parse(query.as_bytes()).expect("an address of ours can be read");
    query.get(name).unwrap_or_default().to_owned()
}

impl<'a> Visitor<'a> {
    pub fn new(house: &'a House) -> Visitor<'a> {
        Visitor {
            house,
            cookies: Mutex::default(),
        }
    }

    /// Somebody who has signed in to the customers' site.
    pub async fn signed_in(house: &'a House, user: &UserFacts) -> Visitor<'a> {
        let visitor = Visitor::new(house);
        let page = visitor.get("/sign-in").await;
        let csrf = hidden(&page, "csrf");
        let fields = [
            ("login", user.login.as_str()),
            ("password", &user.password),
            ("csrf", &csrf),
        ];
        let answer = visitor.post("/sign-in", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        visitor
    }

    /// Asks for an address, or for a path of the customers' site.
    pub async fn get(&self, place: &str) -> Answer {
        self.send(self.house.request("GET", &self.url(place))).await
    }

    /// Posts to an address, or to a path of the customers' site.
    pub async fn post(&self, place: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.house.request("POST", &self.url(place));
        self.send(request.form(fields)).await
    }

    /// Posts to an address whose server may die meanwhile: then there is no answer.
    pub async fn try_post(&self, place: &str, fields: &[(&str, &str)]) -> Option<Answer> {
        let request = self.house.request("POST", &self.url(place));
        let answer = self.with_cookies(request.form(fields)).send().await.ok()?;
        let answer = Answer::try_read(answer).await?;
        self.keep_cookies(&answer);
        Some(answer)
    }

    /// Posts to a path of the customers' site with the hidden field of a page of this session.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = hidden(&self.get("/app-center").await, "csrf");
        let fields = [&[("csrf", csrf.as_str())], fields].concat();
        self.post(path, &fields).await
    }

    fn url(&self, place: &str) -> String {
        match place.starts_with('/') {
            true => self.house.facts.app_center.join(place),
            false => place.to_owned(),
        }
    }

    /// The page that the authorization endpoint leads to, or the redirect that comes of it.
    pub async fn authorize(&self, url: &str) -> Answer {
        let first = self.get(url).await;
        match first.header("location") {
            place if place.starts_with(self.house.facts.app_center.as_str()) => {
                self.get(place).await
            }
            _ => first,
        }
    }

    /// Signs in on the page of an app's sign-in, and goes where that leads.
    pub async fn sign_in(&self, page: &Answer, user: &UserFacts) -> Answer {
        let (csrf, request) = (hidden(page, "csrf"), hidden(page, "request"));
        let fields = [
            ("csrf", csrf.as_str()),
            ("request", &request),
            ("login", &user.login),
            ("password", &user.password),
        ];
        let answer = self.post("/authorize/sign-in", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        self.get(answer.header("location")).await
    }

    /// Answers the page that asks for consent: `allow` or `refuse`.
    pub async fn answer(&self, page: &Answer, answer: &str) -> Answer {
        let (csrf, request) = (hidden(page, "csrf"), hidden(page, "request"));
        let fields = [
            ("csrf", csrf.as_str()),
            ("request", &request),
            ("answer", answer),
        ];
        self.post("/authorize", &fields).await
    }

    /// Signs in for an app and lets it: the address with the code.
    pub async fn allow(&self, url: &str, user: &UserFacts) -> String {
        let page = self.authorize(url).await;
        let page = self.sign_in(&page, user).await;
        let answer = self.answer(&page, "allow").await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.header("location").to_owned()
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar().get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.jar().insert(name.to_owned(), value.to_owned());
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = self.house.send(self.with_cookies(request)).await;
        self.keep_cookies(&answer);
        answer
    }

    fn with_cookies(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        let pairs = self
            .jar()
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect::<Vec<_>>();
        request.header("cookie", pairs.join("; "))
    }

    fn keep_cookies(&self, answer: &Answer) {
        let set = answer.headers.get_all("set-cookie").into_iter();
        for line in set.filter_map(|value| value.to_str().ok()) {
            let pair = line.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            match value {
                "" => self.jar().remove(name),
                value => self.jar().insert(name.to_owned(), value.to_owned()),
            };
        }
    }

    fn jar(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.cookies.lock().expect("nobody panics while holding it")
    }
}

impl House {
    /// An address of the authorization endpoint: a code for `app`, and what `more` says. A parameter
    /// of `more` with an empty value takes away one that would stand there.
    pub fn authorize_url(&self, center: &str, app: &AppFacts, more: &[(&str, &str)]) -> String {
        let client_id = app.client_id.to_string();
        let redirect_uri = app.redirect_uris.first().map_or("", String::as_str);
        let mut fields = vec![
            ("client_id", client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", redirect_uri),
        ];
        fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        fields.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        let base = format!("{}/oauth2/v0/authorize", self.center(center));
        let url = reqwest::Url::parse_with_params(&base, &fields);
        url.expect("an address can be put together").to_string()
    }

    /// `grant_type=authorization_code`, with the redirect URI that [`House::authorize_url`] names.
    pub async fn exchange_code(
        &self,
        center: &str,
        app: &AppFacts,
        code: &str,
        more: &[(&str, &str)],
    ) -> Answer {
        let redirect_uri = app.redirect_uris.first().map_or("", String::as_str);
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
        ];
        fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        fields.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        self.as_client(center, "token", app, &fields).await
    }

    /// Registers one more app, as an operator does.
    pub async fn register(&self, new: store::registration::NewApp) -> AppFacts {
        use secrecy::ExposeSecret;
        let (name, redirect_uris) = (new.name.clone(), new.redirect_uris.clone());
        let mut tx = self.write().await;
        let now = self.now();
        let done = store::registration::register(&self.platform, &mut tx, new, now).await;
        let registered = done.expect("it can be registered");
        tx.commit().await.expect("committed");
        AppFacts {
            client_id: registered.app.client_id,
            client_secret: registered.secret.expose_secret().to_owned(),
            name,
            listing_type: registered.app.principal_type.to_string(),
            call_to_action: None,
            connect_uri: String::new(),
            listing: String::new(),
            scopes: registered.app.scopes.to_vec(),
            redirect_uris,
        }
    }
}
