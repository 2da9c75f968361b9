//! A partner that knows only what it was answered, and when it was not answered, asks again.

use std::time::Duration;

use protocol::{CompanyId, DAY, MINUTE};
use serde_json::Value;

use crate::books::{self, Audit, Client};
use crate::node::{self, Answer, Node};

/// One connection as its partner knows it. It holds nothing that stood in no answer.
pub struct Partner<'a> {
    pub node: &'a mut Node,
    pub client: &'a Client,
    pub company: CompanyId,
    /// What the last click on Connect brought it.
    request_token: Option<String>,
    refresh_token: String,
    access_token: String,
    /// Every refresh token of every answer.
    acknowledged: Vec<String>,
    /// The lineages that it began, and the replays that it was told of by a 108.
    lineages: usize,
    replays: usize,
    proven: bool,
    ended: bool,
}

impl<'a> Partner<'a> {
    pub fn new(node: &'a mut Node, client: &'a Client, company: CompanyId) -> Partner<'a> {
        Partner {
            node,
            client,
            company,
            request_token: None,
            refresh_token: String::new(),
            access_token: String::new(),
            acknowledged: Vec::new(),
            lineages: 0,
            replays: 0,
            proven: false,
            ended: false,
        }
    }

    /// Sends a request until it is answered, as the documentation says: the same request again.
    /// Never a failure of the server, whatever it has just gone through.
    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let credentials = [
            ("client_id", self.client.id.as_str()),
            ("client_secret", self.client.secret.as_str()),
        ];
        let form = [&credentials, form].concat();
        loop {
            let answer = self.node.post(path, &form).await;
            if let Some(answer) = self.answered(answer) {
                return answer;
            }
        }
    }

    fn answered(&mut self, answer: Answer) -> Option<(u16, Value)> {
        match answer {
            Some((status, body)) => {
                assert!(status < 500, "{status}: {body}");
                Some((status, body))
            }
            None => {
                self.node.revive();
                None
            }
        }
    }

    async fn token(&mut self, form: &[(&str, &str)]) -> (u16, Value) {
        self.post("/oauth2/v0/token", form).await
    }

    /// The answer becomes what it holds: it overwrites whatever it had (TM-01).
    fn hold(&mut self, (status, body): (u16, Value)) {
        assert_eq!(status, 200, "{body}");
        let text = |name: &str| body[name].as_str().expect("in every answer").to_owned();
        self.refresh_token = text("refresh_token");
        self.access_token = text("access_token");
        if !self.acknowledged.contains(&self.refresh_token) {
            self.acknowledged.push(self.refresh_token.clone());
        }
    }

    async fn exchange(&mut self, request_token: &str) -> (u16, Value) {
        let company = self.company.to_string();
        self.token(&[
            ("grant_type", "password"),
            ("credtype", "authtoken"),
            ("username", &company),
            ("password", request_token),
        ])
        .await
    }

    async fn refresh(&mut self, token: &str) -> (u16, Value) {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)])
            .await
    }

    /// Connects by another click; what was connected before keeps working until a receipt (S24).
    pub async fn connect(&mut self) {
        let before = self.is_connected().then(|| self.refresh_token.clone());
        let click = books::click(&self.node.deployment, self.client, self.company).await;
        let answer = self.exchange(&click).await;
        self.hold(answer);
        (self.proven, self.ended) = (false, false);
        self.request_token = Some(click);
        self.lineages += 1;
        if let Some(before) = before {
            let (status, body) = self.refresh(&before).await;
            assert_eq!(status, 200, "before the receipt: {body}");
        }
    }

    /// As if the answer had been lost: asks again with the request token (S11).
    pub async fn exchange_again(&mut self) {
        let Some(click) = self.request_token.clone().filter(|_| !self.proven) else {
            return;
        };
        let (status, body) = self.exchange(&click).await;
        if status == 200 {
            assert_eq!(body["refresh_token"], self.refresh_token.as_str());
        } else {
            // Five answers were sent, whether they arrived or not.
            assert_eq!((status, &body["code"]), (400, &5.into()), "{body}");
        }
    }

    /// Uses the access token: a receipt, after which the request token is dead (S12).
    pub async fn use_it(&mut self) {
        loop {
            let answer = self.node.get("/profile/v1/me", &self.access_token).await;
            if let Some((status, body)) = self.answered(answer) {
                assert_eq!(status, 200, "{body}");
                break;
            }
        }
        self.arrived().await;
    }

    /// Asks about its access token: a receipt too.
    pub async fn introspect(&mut self) {
        let token = self.access_token.clone();
        let told = self
            .post("/oauth2/v0/introspect", &[("token", &token)])
            .await;
        assert_eq!(told.1["active"], true, "{}", told.1);
        self.arrived().await;
    }

    /// Refreshes with what it has: the third receipt.
    pub async fn keep(&mut self) {
        let token = self.refresh_token.clone();
        let answer = self.refresh(&token).await;
        self.hold(answer);
        assert_eq!(self.refresh_token, token, "a young token keeps its value");
        self.arrived().await;
    }

    async fn arrived(&mut self) {
        self.proven = true;
        if let Some(click) = self.request_token.clone() {
            let (status, body) = self.exchange(&click).await;
            assert_eq!((status, &body["code"]), (400, &5.into()), "{body}");
        }
    }

    /// Lets time pass, so that the next refresh writes a later expiry.
    pub async fn keep_after_days(&mut self) {
        self.wait(Duration::ZERO, 2 * DAY).await;
        self.keep().await;
    }

    async fn wait(&self, older: Duration, nearer: Duration) {
        books::age(&self.node.deployment, self.company, older, nearer).await;
    }

    /// Refreshes a token that is due: a new value. Asked again with the old one, the same new one.
    pub async fn rotate(&mut self, again: usize) {
        self.wait(8 * DAY, 8 * DAY).await;
        let old = self.refresh_token.clone();
        let answer = self.refresh(&old).await;
        self.hold(answer);
        assert_ne!(self.refresh_token, old);
        if again > 0 {
            self.wait(2 * MINUTE, Duration::ZERO).await;
        }
        for _ in 0..again {
            let (status, body) = self.refresh(&old).await;
            assert_eq!(status, 200, "{body}");
            assert_eq!(body["refresh_token"], self.refresh_token.as_str());
        }
    }

    /// So many workers of this partner refresh a token that is due, at two nodes by turns.
    pub async fn refresh_at_once(&mut self, other: &Node, callers: usize) {
        if !self.is_connected() {
            self.connect().await;
        }
        self.wait(8 * DAY, 8 * DAY).await;
        let old = self.refresh_token.clone();
        let form = [
            ("client_id", self.client.id.as_str()),
            ("client_secret", &self.client.secret),
            ("grant_type", "refresh_token"),
            ("refresh_token", &old),
        ];
        let nodes = [&*self.node, other];
        let turns = nodes.into_iter().cycle().take(callers);
        let calls = turns.map(|node| node.request("/oauth2/v0/token", &form));
        let calls = calls.map(|request| tokio::spawn(node::read(request)));
        let mut answers = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            answers.push(call.await.unwrap().expect("an answer"));
        }
        for answer in answers {
            let before = self.refresh_token.clone();
            self.hold(answer);
            assert!(before == old || before == self.refresh_token);
            assert_ne!(self.refresh_token, old);
        }
    }

    /// Presents a token that was replaced, after its successor arrived: all of it is revoked (S18).
    pub async fn replay(&mut self) {
        let old = self.refresh_token.clone();
        self.rotate(0).await;
        self.use_it().await;
        for token in [old.clone(), old, self.refresh_token.clone()] {
            let (status, body) = self.refresh(&token).await;
            assert_eq!((status, &body["code"]), (403, &108.into()), "{body}");
        }
        self.replays += 1;
        self.ended = true;
    }

    /// Gives the connection back. Acknowledged, it stays so (S21).
    pub async fn revoke(&mut self) {
        self.use_it().await;
        let token = self.refresh_token.clone();
        let (status, _) = self.post("/oauth2/v0/revoke", &[("token", &token)]).await;
        assert_eq!(status, 200);
        self.ended = true;
        let (status, body) = self.refresh(&token).await;
        assert_eq!((status, &body["code"]), (403, &108.into()), "{body}");
    }

    pub fn is_connected(&self) -> bool {
        self.request_token.is_some() && !self.ended
    }

    /// Whatever happened: what it holds works, and the books agree with what it was told.
    pub async fn is_not_stranded(&mut self) {
        if self.is_connected() {
            let token = self.refresh_token.clone();
            let answer = self.refresh(&token).await;
            self.hold(answer);
            self.use_it().await;
        }
        let books = books::open(&self.node.deployment);
        let told = books::audit(&books, self.company, &self.acknowledged).await;
        let Audit {
            lineages,
            live_lineages,
            replays,
        } = told;
        assert_eq!(lineages, self.lineages, "one lineage per click");
        assert_eq!(replays, self.replays);
        assert_eq!(live_lineages, usize::from(self.is_connected()));
    }
}
