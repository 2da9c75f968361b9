//! A platform that keeps rules about refresh tokens, served on a port or asked within the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use ambient::Clock;
use axum::body::Bytes;
use axum::extract::State as Context;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri};
use protocol::{Form, Origin, Timestamp};

/// What becomes of a refresh token that is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A new one each time; the old one is dead at once.
    Strict,
    /// A new one each time; old ones are good for so long yet.
    Window(Duration),
    /// The same new one until it was used; coming back to the old one after that is theft.
    Receipt,
    SameValue,
}

pub const MODES: [Mode; 4] = [
    Mode::Strict,
    Mode::Window(Duration::from_secs(3_600)),
    Mode::Receipt,
    Mode::SameValue,
];
const LIFETIME: Duration = Duration::from_secs(180 * 86_400);

/// Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    state: Arc<Mutex<State>>,
    clock: Clock,
    origin: Origin,
}

struct State {
    mode: Mode,
    lineages: HashMap<usize, Lineage>,
    asked: usize,
    refreshes: usize,
    replays: usize,
    is_reachable: bool,
    introspects: bool,
    /// Called before a refresh is answered.
    before_answer: Option<Arc<dyn Fn() + Send + Sync>>,
}

struct Lineage {
    newest: usize,
    retired: HashMap<usize, Timestamp>,
    is_revoked: bool,
    expires_at: Timestamp,
}

impl Platform {
    pub fn new(mode: Mode, clock: Clock) -> Platform {
        let origin = "http://127.0.0.1:9".parse().unwrap();
        let state = State {
            mode,
            lineages: HashMap::new(),
            asked: 0,
            refreshes: 0,
            replays: 0,
            is_reachable: true,
            introspects: true,
            before_answer: None,
        };
        Platform {
            state: Arc::new(Mutex::new(state)),
            clock,
            origin,
        }
    }

    /// The same, on a port of its own.
    pub async fn served(mode: Mode, clock: Clock) -> Platform {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut platform = Platform::new(mode, clock);
        let origin = format!("http://{}", listener.local_addr().unwrap());
        platform.origin = origin.parse().unwrap();
        let router = axum::Router::new()
            .fallback(over_http)
            .with_state(platform.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        platform
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The first refresh token of a new lineage; beginning it again forgets what was.
    pub fn begin(&self, lineage: usize) -> String {
        let begun = Lineage {
            newest: 0,
            retired: HashMap::new(),
            is_revoked: false,
            expires_at: self.clock.now() + LIFETIME,
        };
        self.state().lineages.insert(lineage, begun);
        format!("rt-{lineage}-0")
    }

    pub fn set_mode(&self, mode: Mode) {
        self.state().mode = mode;
    }

    pub fn set_reachable(&self, reachable: bool) {
        self.state().is_reachable = reachable;
    }

    pub fn without_introspection(&self) {
        self.state().introspects = false;
    }

    pub fn before_answer(&self, call: impl Fn() + Send + Sync + 'static) {
        self.state().before_answer = Some(Arc::new(call));
    }

    pub fn revoke(&self, lineage: usize) {
        self.state().lineages.get_mut(&lineage).unwrap().is_revoked = true;
    }

    /// Refreshes that were answered with tokens, since last asked.
    pub fn refreshes(&self) -> usize {
        std::mem::take(&mut self.state().refreshes)
    }

    /// Requests of every kind, answered or not, since last asked.
    pub fn asked(&self) -> usize {
        std::mem::take(&mut self.state().asked)
    }

    /// How often something was presented that looks like theft.
    pub fn replays(&self) -> usize {
        self.state().replays
    }

    /// The soonest expiry of all lineages.
    pub fn soonest_expiry(&self) -> Timestamp {
        let state = self.state();
        state.lineages.values().map(|l| l.expires_at).min().unwrap()
    }

    /// Answers within the process.
    pub fn stand_in(&self) -> Arc<client::StandIn> {
        let platform = self.clone();
        Arc::new(move |request: reqwest::Request| {
            let body = request.body().and_then(|body| body.as_bytes());
            let (status, body) = platform.answer(request.url().path(), body.unwrap_or(b""))?;
            let answer = http::Response::builder().status(status);
            Some(answer.body(body.into_bytes()).unwrap())
        })
    }

    fn answer(&self, path: &str, body: &[u8]) -> Option<(u16, String)> {
        let call = self.state().before_answer.clone();
        let form = Form::parse(body).unwrap();
        let mut state = self.state();
        state.asked += 1;
        if !state.is_reachable {
            return None;
        }
        let now = self.clock.now();
        let (lineage, number) = parse(form.get("refresh_token").or(form.get("token"))?);
        match path {
            "/app-mgmt/v0/connections" => Some((200, String::new())),
            "/oauth2/v0/introspect" if !state.introspects => Some((404, String::new())),
            "/oauth2/v0/introspect" => {
                let active = state.would_accept(lineage, number, now);
                Some((200, format!("{{\"active\":{active}}}")))
            }
            _ => {
                let granted = state.refresh(lineage, number, now);
                drop(state);
                if let Some(call) = call {
                    call();
                }
                Some(match granted {
                    Some(new) => (200, self.tokens(lineage, new)),
                    None => (
                        403,
                        r#"{"code":108,"error":"invalid_grant","error_description":"x"}"#.into(),
                    ),
                })
            }
        }
    }

    fn tokens(&self, lineage: usize, number: usize) -> String {
        let expires_at = (self.clock.now() + LIFETIME).as_seconds();
        serde_json::json!({ "expires_in": 3600, "access_token": format!("access-{lineage}-{number}"),
            "refresh_token": format!("rt-{lineage}-{number}"), "geolocation": self.origin,
            "scope": "openid", "refresh_expires_in": expires_at })
        .to_string()
    }
}

impl State {
    /// Judges without presenting.
    fn would_accept(&self, lineage: usize, number: usize, now: Timestamp) -> bool {
        let Some(of) = self.lineages.get(&lineage) else {
            return false;
        };
        if of.is_revoked || of.expires_at <= now {
            return false;
        }
        number == of.newest
            || match (self.mode, of.retired.get(&number)) {
                (Mode::Window(window), Some(at)) => now.since(*at) <= window,
                (Mode::Receipt, Some(_)) => number + 1 == of.newest,
                _ => false,
            }
    }

    fn refresh(&mut self, lineage: usize, number: usize, now: Timestamp) -> Option<usize> {
        let accepted = self.would_accept(lineage, number, now);
        let mode = self.mode;
        let of = self.lineages.get_mut(&lineage)?;
        if !accepted {
            if of.retired.contains_key(&number) {
                self.replays += 1;
                of.is_revoked |= mode == Mode::Receipt;
            }
            return None;
        }
        self.refreshes += 1;
        of.expires_at = now + LIFETIME;
        let repeated = mode == Mode::Receipt && number != of.newest;
        if mode != Mode::SameValue && !repeated {
            of.retired.entry(number).or_insert(now);
            of.newest += 1;
        }
        Some(of.newest)
    }
}

fn parse(token: &str) -> (usize, usize) {
    let mut parts = token.split('-').skip(1).map(|part| part.parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap())
}

async fn over_http(Context(platform): Context<Platform>, uri: Uri, body: Bytes) -> Response {
    let answer = tokio::task::spawn_blocking(move || platform.answer(uri.path(), &body));
    match answer.await.unwrap() {
        Some((status, body)) => (StatusCode::from_u16(status).unwrap(), body).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
