//! A partner's client for one company: it knows only what it was answered, and asks again as
//! documented when it was not (docs/integrate/introspection-and-revocation.md).

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use db::Db;
use protocol::CompanyId;
use protocol::jose::SigningAlgorithm;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::books::{self, Client};
use crate::deployment::Deployment;
use crate::node;
use crate::seeds::Random;

/// A request is sent again so often: longer than any outage of the drill.
const TRIES: usize = 500;
/// What it waits before it sends a request again: twice as long each time, up to a limit.
const FIRST_WAIT: Duration = Duration::from_millis(10);
const LONGEST_WAIT: Duration = Duration::from_millis(250);

/// What the calls of all customers have come to.
#[derive(Default)]
pub struct Tally {
    pub answered: AtomicU64,
    pub rotations: AtomicU64,
    pub reconnects: AtomicU64,
    /// Sent again for want of an answer, and because of a 503.
    pub unanswered: AtomicU64,
    pub unavailable: AtomicU64,
}

/// How all customers reach the platform.
pub struct Wire {
    http: reqwest::Client,
    address: SocketAddr,
    pub tally: Tally,
}

impl Wire {
    pub fn to(address: SocketAddr) -> Wire {
        let http = reqwest::Client::builder().no_proxy();
        let http = http.timeout(Duration::from_secs(60));
        Wire {
            http: http.build().unwrap(),
            address,
            tally: Tally::default(),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends a request until it is answered: without an answer and after 503 again, as it was.
    async fn answer(&self, request: impl Fn() -> reqwest::RequestBuilder) -> Value {
        let count = |of: &AtomicU64| of.fetch_add(1, Ordering::Relaxed);
        let mut wait = FIRST_WAIT;
        for _ in 0..TRIES {
            match node::read(request()).await {
                Some((200, body)) => return body,
                Some((503, _)) => count(&self.tally.unavailable),
                Some((status, body)) => panic!("{status}: {body}"),
                None => count(&self.tally.unanswered),
            };
            tokio::time::sleep(wait).await;
            wait = LONGEST_WAIT.min(2 * wait);
        }
        panic!("never answered");
    }

    async fn token(&self, form: &[(&str, &str)]) -> Answer {
        let url = self.url("/oauth2/v0/token");
        let body = self.answer(|| self.http.post(&url).form(form)).await;
        self.tally.answered.fetch_add(1, Ordering::Relaxed);
        let text = |name: &str| body[name].as_str().expect("in every answer").to_owned();
        Answer {
            refresh_token: text("refresh_token"),
            access_token: text("access_token"),
        }
    }
}

struct Answer {
    refresh_token: String,
    access_token: String,
}

pub struct Customer {
    client: Client,
    company: CompanyId,
    /// Request tokens of clicks to come.
    clicks: Vec<String>,
    random: Random,
    held: Option<Answer>,
    /// What it connected with, until it was the first to show that the answer had arrived.
    unproven: Option<String>,
    /// Every refresh token of every answer.
    acknowledged: Vec<String>,
    lineages: usize,
}

impl Customer {
    pub fn new(
        client: Client,
        company: CompanyId,
        clicks: Vec<String>,
        random: Random,
    ) -> Customer {
        Customer {
            client,
            company,
            clicks,
            random,
            held: None,
            unproven: None,
            acknowledged: Vec::new(),
            lineages: 0,
        }
    }

    /// So many customers for each algorithm with which their app's tokens are signed. Each can be
    /// connected by so many clicks.
    pub async fn prepare(
        deployment: &Deployment,
        companies: &[(SigningAlgorithm, usize)],
        clicks: usize,
        seed: u64,
    ) -> Vec<Customer> {
        let mut customers = Vec::new();
        for (algorithm, count) in companies {
            let (client, companies) = books::prepare(deployment, *algorithm, *count).await;
            let clicks = books::clicks(deployment, &client, &companies, clicks).await;
            for (company, clicks) in companies.into_iter().zip(clicks) {
                let random = Random::seeded(seed + customers.len() as u64);
                customers.push(Customer::new(client.clone(), company, clicks, random));
            }
        }
        customers
    }

    /// Does one thing, whatever comes next to it.
    pub async fn acts(&mut self, wire: &Wire) {
        match self.random.below(100) {
            _ if self.held.is_none() => self.connect(wire).await,
            0..4 => self.connect(wire).await,
            4..10 => self.exchange_again(wire).await,
            10..18 => self.refresh_twice_at_once(wire).await,
            18..30 => self.use_it(wire).await,
            _ => self.refresh(wire).await,
        }
    }

    fn presented(&self) -> String {
        let held = self.held.as_ref().expect("it is connected");
        held.refresh_token.clone()
    }

    /// It overwrites whatever it had (TM-01).
    fn hold(&mut self, answer: Answer) {
        if !self.acknowledged.contains(&answer.refresh_token) {
            self.acknowledged.push(answer.refresh_token.clone());
        }
        self.held = Some(answer);
    }

    /// Connects by another click, if there is one.
    async fn connect(&mut self, wire: &Wire) {
        let Some(click) = self.clicks.pop() else {
            return self.refresh(wire).await;
        };
        if self.held.is_some() {
            wire.tally.reconnects.fetch_add(1, Ordering::Relaxed);
        }
        let answer = self.exchange(wire, &click).await;
        self.hold(answer);
        self.unproven = Some(click);
        self.lineages += 1;
    }

    async fn exchange(&self, wire: &Wire, click: &str) -> Answer {
        let company = self.company.to_string();
        let form = [
            ("client_id", self.client.id.as_str()),
            ("client_secret", &self.client.secret),
            ("grant_type", "password"),
            ("credtype", "authtoken"),
            ("username", &company),
            ("password", click),
        ];
        wire.token(&form).await
    }

    /// As if the first answer had been lost (S11).
    async fn exchange_again(&mut self, wire: &Wire) {
        let Some(click) = self.unproven.take() else {
            return self.refresh(wire).await;
        };
        let answer = self.exchange(wire, &click).await;
        assert_eq!(answer.refresh_token, self.presented(), "{}", self.company);
        self.hold(answer);
    }

    async fn refreshed(&self, wire: &Wire) -> Answer {
        let presented = self.presented();
        let form = [
            ("client_id", self.client.id.as_str()),
            ("client_secret", &self.client.secret),
            ("grant_type", "refresh_token"),
            ("refresh_token", &presented),
        ];
        wire.token(&form).await
    }

    async fn refresh(&mut self, wire: &Wire) {
        let answer = self.refreshed(wire).await;
        self.take(wire, answer);
    }

    fn take(&mut self, wire: &Wire, answer: Answer) {
        if answer.refresh_token != self.presented() {
            wire.tally.rotations.fetch_add(1, Ordering::Relaxed);
        }
        self.unproven = None;
        self.hold(answer);
    }

    /// Two workers of this client refresh with what it holds. Of their answers it keeps the one with
    /// a new refresh token, if there is one; two new ones would be two lineages (S15).
    async fn refresh_twice_at_once(&mut self, wire: &Wire) {
        let presented = self.presented();
        let (one, other) = tokio::join!(self.refreshed(wire), self.refreshed(wire));
        let is_new = |answer: &Answer| answer.refresh_token != presented;
        if is_new(&one) && is_new(&other) {
            assert_eq!(one.refresh_token, other.refresh_token, "{}", self.company);
        }
        let kept = if is_new(&one) { one } else { other };
        self.take(wire, kept);
    }

    /// Asks the company's profile: the receipt of the answer that its access token came with.
    async fn use_it(&mut self, wire: &Wire) {
        let held = self.held.as_ref().expect("it is connected");
        let url = wire.url("/profile/v1/me");
        let request = || wire.http.get(&url).bearer_auth(&held.access_token);
        let profile = wire.answer(request).await;
        assert!(profile.is_object(), "{profile}");
        self.unproven = None;
    }

    /// Whatever happened: what it holds is good for a refresh and for a call.
    pub async fn is_well(&mut self, wire: &Wire) {
        if self.held.is_none() {
            self.connect(wire).await;
        }
        self.refresh(wire).await;
        self.use_it(wire).await;
    }

    /// Every refresh token that it was ever answered with is known, one lineage lives, and nothing
    /// was taken for a replay.
    pub async fn agrees_with(&self, books: &Db) {
        let told = books::audit(books, self.company, &self.acknowledged).await;
        assert_eq!(told.lineages, self.lineages, "one lineage per click");
        assert_eq!(told.live_lineages, 1, "{}", self.company);
        assert_eq!(told.replays, 0, "{}", self.company);
    }
}

/// Lets so many customers at a time act, by turns, until `enough` is answered with true.
pub async fn work(
    customers: Vec<Customer>,
    workers: usize,
    wire: Arc<Wire>,
    enough: impl Fn() -> bool + Clone + Send + 'static,
) -> Vec<Customer> {
    let share = customers.len().div_ceil(workers);
    let mut tasks = JoinSet::new();
    let mut customers = customers.into_iter();
    for _ in 0..workers {
        let mut mine: Vec<Customer> = customers.by_ref().take(share).collect();
        let (wire, enough) = (wire.clone(), enough.clone());
        tasks.spawn(async move {
            while !enough() {
                for customer in &mut mine {
                    customer.acts(&wire).await;
                }
            }
            mine
        });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}
