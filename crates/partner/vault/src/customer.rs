use protocol::AppId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::audit_log::{self, On};
use crate::{Action, Broker, NoToken, Parting, Vault};

impl Vault {
    /// Everything that is kept about a customer, but no secret (S54); that it was read is written to
    /// the audit log. `None` when there is nothing.
    pub async fn export(&self, app: AppId, principal: Uuid) -> Result<Option<Value>, db::Error> {
        let Some(connection) = self.connection_of(app, principal).await? else {
            return Ok(None);
        };
        let account = match connection.account_id {
            Some(id) => self.account(id).await?,
            None => None,
        };
        let calls = self.latest_calls(connection.id, i64::MAX).await?;
        let events = self.events_of(app, principal).await?;
        let usage = self.usage_of(app, principal).await?;
        let mut tx = self.db().write().await?;
        let on = On::customer(app, principal);
        audit_log::record(&mut tx, self, Action::Exported, on).await?;
        tx.commit().await?;
        let time = |at: protocol::Timestamp| at.to_rfc3339();
        Ok(Some(json!({
            "app": app.to_string(),
            "company": principal,
            "connection": {
                "id": connection.id,
                "state": connection.state.as_str(),
                "since": time(connection.state_since),
                "name": connection.name,
                "edition": connection.edition.map(|edition| edition.as_str()),
                "scope": connection.scope,
                "geolocation": connection.geolocation.as_str(),
                "connectedAt": time(connection.connected_at),
                "connectedBy": connection.connected_by,
                "lastRefreshedAt": time(connection.last_refreshed_at),
                "refreshExpiresAt": connection.refresh_expires_at.map(time),
                "correlationId": connection.correlation_id,
            },
            "account": account.map(|account| json!({
                "email": account.email,
                "name": account.name,
                "companyName": account.company_name,
                "language": account.language,
                "answers": answers(account.answers.as_deref()),
            })),
            "calls": calls.iter().map(|call| json!({
                "at": time(call.at),
                "what": call.what,
                "origin": call.origin,
                "status": call.status,
                "code": call.code,
                "correlationId": call.correlation_id,
                "milliseconds": call.millis,
            })).collect::<Vec<_>>(),
            "events": events.iter().map(|event| json!({
                "id": event.id,
                "kind": event.happening.kind(),
                "at": time(event.at),
            })).collect::<Vec<_>>(),
            "usage": usage.iter().map(|used| json!({
                "day": used.day,
                "kind": used.kind,
                "number": used.number,
            })).collect::<Vec<_>>(),
        })))
    }
}

/// An empty object for an account that was asked nothing besides.
fn answers(kept: Option<&str>) -> Value {
    let parsed = kept.and_then(|text| serde_json::from_str(text).ok());
    parsed.unwrap_or_else(|| json!({}))
}

impl Broker {
    /// Deletes a customer: its connection is revoked at the platform, again and again until that
    /// is confirmed; then the key of its tokens is destroyed and everything about it removed (S54).
    /// No access token is handed out from the first moment on.
    pub async fn erase(&self, app: AppId, principal: Uuid) -> Result<Parting, NoToken> {
        let marked = self.vault.mark_for_erasure(app, principal).await?;
        let id = marked.ok_or(NoToken::NotConnected)?;
        let parting = self.disconnect(id).await?;
        if parting == Parting::Done {
            self.vault.erase_ended(id).await?;
        }
        Ok(parting)
    }
}
