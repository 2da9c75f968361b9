use std::time::Duration;

use client::Reason;
use db::{Error, Tx, values};
use secrecy::SecretString;
use uuid::Uuid;

use super::{RefusedFlow, place};
use crate::{Vault, verification_codes};

/// After this long an exchange that never ended (the process died) may be tried again.
const EXCHANGE_LIMIT: Duration = Duration::from_secs(90);

/// A condition on a flow whose exchange began before `$1`, and never ended.
const NEVER_ENDED: &str = "step = 'exchanging' AND exchanging_since < $1";

/// Whose turn the exchange is.
pub enum Turn {
    /// This caller exchanges.
    Ours(SecretString),
    /// Another request of the same flow does, or has done.
    Another,
    /// The code that the flow held was revoked, or is kept for another flow by now.
    CodeLost,
}

impl Vault {
    /// Decides which of several equal requests exchanges: the first (LP-22, S44).
    pub async fn begin_exchange(&self, flow: Uuid) -> Result<Turn, Error> {
        let now = self.clock().now();
        let mut tx = self.db().write().await?;
        let sql = format!(
            "UPDATE flows SET step = 'exchanging', exchanging_since = $3, refusal = NULL
             WHERE id = $2 AND request_token IS NOT NULL AND expires_at > $3
                 AND (step = 'confirm' OR ({NEVER_ENDED}))
             RETURNING request_token, code_id"
        );
        let limit = now - EXCHANGE_LIMIT;
        let values = values![limit.as_micros(), flow.to_string(), now.as_micros()];
        let row = tx.query_opt(&sql, &values).await?;
        let Some(row) = row else {
            return Ok(Turn::Another);
        };
        let needs_code = row.get::<Option<String>>("code_id")?.is_some();
        if needs_code && !verification_codes::is_held(&mut tx, flow).await? {
            return Ok(Turn::CodeLost);
        }
        let sealed: Vec<u8> = row.get("request_token")?;
        let request_token = self.open_sealed(&place(flow), &sealed)?;
        tx.commit().await?;
        Ok(Turn::Ours(request_token))
    }

    /// The exchange met a passing fault: the flow is kept and may be confirmed again.
    pub async fn flow_waits(&self, flow: Uuid, why: &RefusedFlow) -> Result<(), Error> {
        self.step(
            "UPDATE flows SET step = 'confirm', refusal = $2, refusal_text = $3, correlation_id = $4
             WHERE id = $1 AND step = 'exchanging'",
            &refusal(flow, why),
        )
        .await
        .map(drop)
    }

    /// Exchanges that never ended, because their process died, may be confirmed again: without this a
    /// visitor who looks at the page instead of sending the form once more would wait for ever. The
    /// same request token yields the same tokens.
    pub(crate) async fn free_exchanges(&self) -> Result<(), Error> {
        let limit = self.clock().now() - EXCHANGE_LIMIT;
        let sql = format!(
            "UPDATE flows SET step = 'confirm', refusal = $2, refusal_text = $3,
                 correlation_id = NULL
             WHERE {NEVER_ENDED}"
        );
        let why = (Reason::Transient.as_str(), "the exchange was interrupted");
        let values = values![limit.as_micros(), why.0, why.1];
        self.step(&sql, &values).await.map(drop)
    }

    /// The platform refused for good: of the flow nothing stays but the reason, so that the page
    /// can be reloaded; a code it held is free again.
    pub async fn flow_refused(&self, flow: Uuid, why: &RefusedFlow) -> Result<(), Error> {
        let mut tx = self.db().write().await?;
        tx.execute(
            "UPDATE flows SET step = 'refused', refusal = $2, refusal_text = $3, correlation_id = $4,
                 request_token = NULL, name = NULL, email = NULL, password_hash = NULL,
                 resume_hash = NULL, answers = NULL, company_name = NULL, account_id = NULL, code_id = NULL, clicked_by = NULL
             WHERE id = $1 AND step = 'exchanging'",
            &refusal(flow, why),
        )
        .await?;
        verification_codes::release(&mut tx, flow).await?;
        tx.commit().await
    }

    /// Somebody has given up: nothing of the flow stays, and a code it held is free again.
    pub async fn end_flow(&self, flow: Uuid) -> Result<(), Error> {
        let mut tx = self.db().write().await?;
        tx.execute(
            "DELETE FROM flows WHERE id = $1 AND step <> 'exchanging'",
            &values![flow.to_string()],
        )
        .await?;
        verification_codes::release(&mut tx, flow).await?;
        tx.commit().await
    }
}

/// The exchange has succeeded: the token and what was typed are not needed any more. From now on an
/// account that was made by it is the flow's, as one that signed in is.
pub(crate) async fn done(
    tx: &mut Tx,
    flow: Uuid,
    (connection, account): (Uuid, Option<Uuid>),
) -> Result<(), Error> {
    tx.execute(
        "UPDATE flows SET step = 'done', connection_id = $2, account_id = $3, request_token = NULL,
             name = NULL, email = NULL, password_hash = NULL, company_name = NULL, refusal = NULL,
             resume_hash = NULL, answers = NULL
         WHERE id = $1",
        &values![
            flow.to_string(),
            connection.to_string(),
            account.map(|id| id.to_string()),
        ],
    )
    .await?;
    Ok(())
}

fn refusal(flow: Uuid, why: &RefusedFlow) -> [db::Value; 4] {
    values![
        flow.to_string(),
        why.reason.as_str(),
        why.text.as_str(),
        why.correlation_id.clone(),
    ]
}
