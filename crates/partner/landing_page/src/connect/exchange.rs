use std::sync::Arc;
use std::time::Duration;

use client::{Call, Client, Exchange, Reason, Refusal};
use secrecy::SecretString;
use uuid::Uuid;
use vault::{Established, Flow, LinkedTo, NewAccount, RefusedFlow, Step, Turn};
use web::PageError;

use super::visit::Visit;
use crate::partner::credentials;
use crate::{AppConfig, Language, Partner};

/// How the confirmation ended.
pub(crate) enum Settled {
    /// The flow stands at this step.
    At(Step),
    /// A passing fault: the flow may be confirmed again.
    Waiting,
    /// The code is not the flow's any more: another must be entered.
    CodeLost,
}

/// How often and how long a second request looks whether the first is done.
const LOOK: Duration = Duration::from_millis(200);
const LOOKS: usize = 300;

/// Exchanges the flow's request token, or waits for the request that does.
///
/// The work goes on when the window is closed meanwhile: what the platform hands out must be kept.
pub(crate) async fn exchange(partner: &Partner, visit: &Visit) -> Result<Settled, PageError> {
    match partner.vault.begin_exchange(visit.flow.id).await? {
        Turn::Ours(request_token) => {
            let work = Work {
                partner: partner.clone(),
                app: visit.app.clone(),
                flow: visit.flow.clone(),
                language: visit.words().0,
            };
            let done = tokio::spawn(async move { work.run(request_token).await });
            done.await.map_err(|error| PageError::internal(&error))??;
            look(partner, visit).await
        }
        Turn::CodeLost => Ok(Settled::CodeLost),
        Turn::Another => {
            for _ in 0..LOOKS {
                match look(partner, visit).await? {
                    Settled::At(Step::Exchanging) => tokio::time::sleep(LOOK).await,
                    settled => return Ok(settled),
                }
            }
            Ok(Settled::At(Step::Exchanging))
        }
    }
}

async fn look(partner: &Partner, visit: &Visit) -> Result<Settled, PageError> {
    let cookie = visit.session.hash();
    let flow = partner.vault.flow(cookie, visit.flow.app).await?;
    Ok(match flow {
        None => Settled::At(Step::Start),
        Some(flow) if flow.step == Step::Confirm && flow.refusal.is_some() => Settled::Waiting,
        Some(flow) => Settled::At(flow.step),
    })
}

struct Work {
    partner: Partner,
    app: Arc<AppConfig>,
    flow: Flow,
    /// In which the page was that was confirmed.
    language: Language,
}

impl Work {
    async fn run(self, request_token: SecretString) -> Result<(), db::Error> {
        let client = match self.partner.broker.client(self.flow.app) {
            Ok(client) => client,
            Err(refusal) => {
                self.log_refusal(&refusal, None);
                return self.refuse(&refusal, None).await;
            }
        };
        let credentials = credentials(&self.app);
        let outcome = client
            .exchange(Exchange {
                credentials: &credentials,
                kind: self.app.kind,
                id: self.flow.principal,
                request_token: &request_token,
            })
            .await;
        let correlation_id = outcome.correlation_id().map(str::to_owned);
        let exchanged = match &outcome.result {
            Ok(exchanged) => exchanged,
            Err(refusal) => {
                self.log_refusal(refusal, correlation_id.as_deref());
                return self.refuse(refusal, correlation_id).await;
            }
        };
        // Durable before anything else is asked for: the profile comes after.
        let linked_to = self.linked_to();
        let new = Established {
            kind: self.app.kind,
            exchanged,
            name: None,
            linked_to,
            language: Some(self.language.tag().to_owned()),
            correlation_id: correlation_id.clone(),
        };
        let connection = match self.partner.vault.connect(&self.flow, new).await {
            Ok(id) => id,
            Err(error) => {
                // The same request token gives the same tokens once more.
                let later = Refusal::new(Reason::Transient, "the connection could not be stored");
                self.refuse(&later, correlation_id).await?;
                return Err(error);
            }
        };
        let tokens = &exchanged.tokens;
        let broker = &self.partner.broker;
        broker
            .hold(self.flow.app, self.flow.principal, tokens)
            .await;
        tracing::info!(
            app.id = %self.flow.app, principal.id = %self.flow.principal,
            connection.id = %connection, user.id = self.flow.clicked_by.map(|id| id.to_string()),
            correlation.id = correlation_id, "connected"
        );
        self.finish(client, connection, outcome.calls, exchanged)
            .await
    }

    /// Who has been connected: the name and the edition.
    async fn finish(
        &self,
        client: &Client,
        connection: Uuid,
        mut calls: Vec<Call>,
        exchanged: &client::Exchanged,
    ) -> Result<(), db::Error> {
        let tokens = &exchanged.tokens;
        let outcome = client
            .profile(&tokens.geolocation, &tokens.access_token)
            .await;
        calls.extend(outcome.calls);
        let vault = &self.partner.vault;
        vault.log_calls(connection, &calls).await?;
        match outcome.result {
            Ok(profile) => {
                vault
                    .set_profile(connection, profile.name.as_deref(), profile.edition)
                    .await
            }
            Err(refusal) => {
                tracing::warn!(connection.id = %connection, reason = %refusal, "the profile is not known yet");
                Ok(())
            }
        }
    }

    fn linked_to(&self) -> LinkedTo {
        let flow = &self.flow;
        let typed = |text: &Option<String>| text.clone().unwrap_or_default();
        match (flow.account_id, flow.code_id) {
            (Some(account), _) => LinkedTo::Account(account),
            (None, Some(code)) => LinkedTo::Code(code),
            (None, None) => LinkedTo::NewAccount(NewAccount {
                email: typed(&flow.email),
                name: typed(&flow.name),
                company_name: typed(&flow.company_name),
                password_hash: typed(&flow.password_hash),
                answers: flow.answers.clone(),
            }),
        }
    }

    async fn refuse(
        &self,
        refusal: &Refusal,
        correlation_id: Option<String>,
    ) -> Result<(), db::Error> {
        let why = RefusedFlow {
            reason: refusal.reason.as_str().to_owned(),
            text: refusal.to_string(),
            correlation_id,
        };
        let vault = &self.partner.vault;
        if refusal.is_transient() {
            vault.flow_waits(self.flow.id, &why).await
        } else {
            vault.flow_refused(self.flow.id, &why).await
        }
    }

    /// What only the partner can put right is an error; the rest is everyday life.
    fn log_refusal(&self, refusal: &Refusal, correlation_id: Option<&str>) {
        let (app, principal) = (self.flow.app, self.flow.principal);
        match refusal.reason {
            Reason::Configuration
            | Reason::WrongApp
            | Reason::ElsewhereNotAllowed
            | Reason::NotBelieved => tracing::error!(
                app.id = %app, principal.id = %principal, code = refusal.code, reason = %refusal,
                correlation.id = correlation_id, "the exchange failed: look at the set-up of this app"
            ),
            _ => tracing::warn!(
                app.id = %app, principal.id = %principal, code = refusal.code, reason = %refusal,
                correlation.id = correlation_id, "the platform refused the exchange"
            ),
        }
    }
}
