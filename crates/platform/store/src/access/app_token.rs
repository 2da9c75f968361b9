use protocol::{AppId, Timestamp};

use super::{Refusal, Subject, bearer_token, read, standing};
use crate::App;

/// Judges the `Authorization` header of a request that only an app that speaks for itself may make
/// (reference §3.3, §3.7). Apps live in no data center: a token that one of ours issued is good at
/// all of them.
pub async fn authenticate_app(
    app: &App,
    header: Option<&str>,
    now: Timestamp,
) -> Result<AppId, Refusal> {
    let claims = read(app, bearer_token(header)?, now)?;
    match standing(app, &claims, now).await? {
        Subject::App(id) => Ok(id),
        Subject::Principal(_) => Err(Refusal::Invalid),
    }
}
