use client::Exchanged;
use db::{Error, Tx, values};
use protocol::{PrincipalType, Timestamp};
use uuid::Uuid;

use crate::audit_log::{self, On};
use crate::events::{self, Happening};
use crate::{
    Action, Actor, By, ConnectionState, Flow, NewAccount, Vault, accounts, connections, due, flows,
    verification_codes,
};

/// A connection that the platform has just confirmed.
pub struct Established<'a> {
    pub kind: PrincipalType,
    pub exchanged: &'a Exchanged,
    /// What is known before the profile has been asked for.
    pub name: Option<String>,
    pub linked_to: LinkedTo,
    /// In which the customer read the pages (BCP 47), where that is known.
    pub language: Option<String>,
    /// Of the exchange.
    pub correlation_id: Option<String>,
}

/// What the connection belongs to on the partner's side.
pub enum LinkedTo {
    Account(Uuid),
    NewAccount(NewAccount),
    Code(Uuid),
}

impl Vault {
    /// Keeps a new connection: tokens, account or used-up code, and the flow's end, all of it in
    /// one durable transaction. The same company connecting again overwrites its tokens and keeps
    /// its row (and with it the history). Gives the connection's id.
    pub async fn connect(&self, flow: &Flow, new: Established<'_>) -> Result<Uuid, Error> {
        let now = self.clock().now();
        let mut tx = self.db().write().await?;
        let (account, code) = self.link(&mut tx, flow, &new.linked_to, now).await?;
        if let (Some(account), Some(language)) = (account, &new.language) {
            accounts::reads(&mut tx, account, language).await?;
        }
        let before = connections::before(&mut tx, flow.app, flow.principal).await?;
        let generation = before.map_or(0, |(_, generation)| generation) + 1;
        let tokens = &new.exchanged.tokens;
        let place = (flow.app, flow.principal, generation);
        let begun = self.begin_tokens(place, &new.exchanged.refresh_token, tokens);
        let row = tx
            .query_opt(
                UPSERT,
                &values![
                    self.entropy().uuid().to_string(),
                    flow.app.to_string(),
                    flow.principal.to_string(),
                    new.kind.as_str(),
                    now.as_micros(),
                    generation,
                    begun.refresh_token,
                    tokens.geolocation.as_str(),
                    tokens.scope.as_str(),
                    tokens.refresh_expires_at.map(Timestamp::as_micros),
                    new.name,
                    account.map(|id| id.to_string()),
                    code.map(|id| id.to_string()),
                    flow.clicked_by.map(|id| id.to_string()),
                    new.correlation_id.as_deref(),
                    begun.access_token,
                    tokens.access_expires_at.as_micros(),
                    begun.data_key,
                    begun.data_key_under,
                    due::next_refresh(now, self.entropy()).as_micros(),
                ],
            )
            .await?
            .ok_or_else(|| Error::Program("an upsert gave no row".to_owned()))?;
        let id = crate::columns::uuid(&row, "id")?;
        flows::done(&mut tx, flow.id, (id, account)).await?;
        if before.is_some_and(|(state, _)| state == ConnectionState::NeedsReconnect) {
            let connection = (flow.app, Some(id));
            events::insert_for(&mut tx, self, connection, Happening::Recovered).await?;
        }
        let action = match before {
            None => Action::Connected,
            Some(_) => Action::Reconnected,
        };
        let clicked = flow.clicked_by.map(|id| id.to_string());
        let by = By::new(
            Actor::Customer(clicked.unwrap_or_default()),
            new.correlation_id.as_deref().unwrap_or_default(),
        );
        let on = On::customer(flow.app, flow.principal);
        audit_log::record_by(&mut tx, self, (&by, action), on).await?;
        let mark = self.watermark().raise(&mut tx).await?;
        tx.commit().await?;
        self.watermark().reached(mark).await;
        Ok(id)
    }

    async fn link(
        &self,
        tx: &mut Tx,
        flow: &Flow,
        to: &LinkedTo,
        now: Timestamp,
    ) -> Result<(Option<Uuid>, Option<Uuid>), Error> {
        match to {
            LinkedTo::Account(id) => Ok((Some(*id), None)),
            LinkedTo::NewAccount(new) => {
                let id = self.entropy().uuid();
                let added = accounts::insert(tx, id, flow.app, new, now).await?;
                if !added {
                    tracing::warn!(flow.id = %flow.id, "the address got an account meanwhile: the connection stands without one");
                }
                Ok((added.then_some(id), None))
            }
            LinkedTo::Code(id) => {
                if !verification_codes::consume(tx, *id, flow.entrant(), now).await? {
                    tracing::warn!(code.id = %id, "the code was revoked during the exchange");
                }
                Ok((None, Some(*id)))
            }
        }
    }
}

const UPSERT: &str = "INSERT INTO connections (id, app, principal, principal_type, state, \
    state_since, generation, refresh_token, geolocation, scope, refresh_expires_at, \
    last_refreshed_at, name, account_id, code_id, connected_at, connected_by, correlation_id, \
    access_token, access_expires_at, data_key, data_key_under, due_at)
    VALUES ($1, $2, $3, $4, 'connected', $5, $6, $7, $8, $9, $10, $5, $11, $12, $13, $5, $14, $15, \
        $16, $17, $18, $19, $20)
    ON CONFLICT (app, principal) DO UPDATE SET
        state = 'connected', state_since = excluded.state_since, generation = excluded.generation,
        refresh_token = excluded.refresh_token, previous_refresh_token = NULL,
        geolocation = excluded.geolocation, scope = excluded.scope,
        refresh_expires_at = excluded.refresh_expires_at,
        last_refreshed_at = excluded.last_refreshed_at,
        name = COALESCE(connections.name, excluded.name),
        account_id = excluded.account_id, code_id = excluded.code_id,
        connected_at = excluded.connected_at, connected_by = excluded.connected_by,
        correlation_id = excluded.correlation_id,
        access_token = excluded.access_token, access_expires_at = excluded.access_expires_at,
        data_key = excluded.data_key, data_key_under = excluded.data_key_under,
        due_at = excluded.due_at, fence = connections.fence + 1,
        written_fence = connections.fence + 1, lease_until = NULL,
        failures = 0, failing_since = NULL, failure = NULL, alerted_days = NULL,
        doubtful = FALSE, erase = FALSE
    RETURNING id";
