//! Making a connection, or making it anew: what the two kinds of the password grant share.

use ambient::Failpoint;
use db::Tx;
use protocol::{Principal, RefreshTokenValue, ScopeSet, UserId};
use store::{
    Connection, ConnectionEvent, ConnectionState, EventKind, RefreshToken, RefreshTokenState,
    connection_events, connections, refresh_tokens,
};

use super::new_token;
use crate::refusal::Refusal;
use crate::token::TokenRequest;

/// What a connection is made of.
pub struct Connecting<'a> {
    pub principal: Principal,
    /// Who clicked Connect, or whose password it was.
    pub user: UserId,
    pub scopes: &'a ScopeSet,
    /// The secret from which its refresh token is derived; the same one yields the same token.
    pub parent: &'a str,
}

impl Connecting<'_> {
    /// Writes the connection and its first refresh token. What there was before keeps working until
    /// the new refresh token is proven to have arrived (S24).
    pub async fn connect(
        &self,
        request: &TokenRequest<'_>,
        tx: &mut Tx,
    ) -> Result<(RefreshToken, RefreshTokenValue), Refusal> {
        let (settings, now) = (&request.app.settings, request.now);
        let client = request.client.client_id;
        let absolute = now + settings.refresh_token_cap;
        let newest = refresh_tokens::newest_id(tx, self.principal, client).await?;
        let mut token = RefreshToken {
            id: 0,
            principal: self.principal,
            app: client,
            lineage: 0,
            generation: 0,
            secret_hash: Vec::new(),
            scopes: self.scopes.clone(),
            issued_at: now,
            expires_at: absolute.min(now + settings.refresh_token_lifetime),
            absolute_expires_at: absolute,
            proven_at: None,
            successor: None,
            retries: 0,
            state: RefreshTokenState::Live,
        };
        let value = new_token::write(request, tx, &mut token, (self.parent, newest)).await?;
        Failpoint::ExchangeTokenWritten.reached();
        let before = connections::find(tx, self.principal, client).await?;
        let connection = Connection {
            principal: self.principal,
            app: client,
            state: ConnectionState::Connected,
            connected_at: now,
            connected_by: self.user,
            expires_at: token.expires_at,
        };
        connections::put(tx, &connection).await?;
        Failpoint::ExchangeConnectionWritten.reached();
        let event = ConnectionEvent {
            id: request.app.entropy.uuid(),
            kind: if before.is_some() {
                EventKind::Reconnected
            } else {
                EventKind::Connected
            },
            actor: self.user.to_string(),
            correlation_id: request.correlation.0.clone(),
            at: now,
        };
        connection_events::insert(tx, self.principal, client, &event).await?;
        Failpoint::ExchangeEventWritten.reached();
        Ok((token, value))
    }
}
