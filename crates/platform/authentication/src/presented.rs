//! A refresh token that somebody presents or asks about, and what the tables know of it.

use db::{Error, Tx};
use protocol::{AppId, RefreshTokenValue, Timestamp};
use store::{App, RefreshToken, refresh_tokens, restores};

use crate::grants::recognition::{after_restores, recognize, row_of};
use crate::grants::refresh_decision::{Decision, decide};

pub struct Presented {
    /// Its row; of one whose row a restore lost, as its lineage tells it.
    pub token: RefreshToken,
    pub successor: Option<RefreshToken>,
    /// Of a token whose row was lost: the rows that there are.
    lineage: Option<Vec<RefreshToken>>,
}

/// `None` when nobody knows it.
pub async fn find(
    app: &App,
    tx: &mut Tx,
    value: &RefreshTokenValue,
) -> Result<Option<Presented>, Error> {
    if let Some(token) = refresh_tokens::find(tx, value.row()).await? {
        let successor = match token.successor {
            Some(id) => refresh_tokens::find(tx, id).await?,
            None => None,
        };
        return Ok(Some(Presented {
            token,
            successor,
            lineage: None,
        }));
    }
    // Only a proof that nobody can make up leads to a second question.
    let Some(place) = value.proven_place(app.refresh_derivation_key()) else {
        return Ok(None);
    };
    let lineage = refresh_tokens::of_lineage(tx, place.lineage).await?;
    let row = row_of(place, value.hash(), &lineage, &app.settings);
    Ok(row.map(|token| Presented {
        token,
        successor: None,
        lineage: Some(lineage),
    }))
}

impl Presented {
    /// What becomes of it when `client` presents it. Restores are asked for only where they matter:
    /// most refreshes read one row.
    pub async fn decide(
        &self,
        app: &App,
        tx: &mut Tx,
        value: &RefreshTokenValue,
        (client, now): (AppId, Timestamp),
    ) -> Result<Decision, Error> {
        let token = &self.token;
        if let Some(lineage) = &self.lineage {
            let restores = restores::all(tx).await?;
            return Ok(recognize(token, lineage, &restores, client, now));
        }
        let asks = (&value.hash(), client);
        match decide(token, self.successor.as_ref(), asks, &app.settings, now) {
            Decision::Replay => {
                let restores = restores::all(tx).await?;
                Ok(after_restores(Decision::Replay, token, &restores, now))
            }
            decision => Ok(decision),
        }
    }
}
