use axum::extract::{Path, State as Context};
use axum::response::Redirect;
use store::{AttemptState, connect_attempts};
use web::PageError;

use crate::State;
use crate::listed::Listed;
use crate::listing::newest_attempt;
use crate::visitor::Posted;

/// The listing saw the partner's window close. The partner may still finish, so its request token
/// stays good.
pub async fn submit(
    Context(state): Context<State>,
    Path(id): Path<String>,
    Posted { visitor, .. }: Posted,
) -> Result<Redirect, PageError> {
    let mut tx = state.app.db.write_within(visitor.company.id).await?;
    let listed = Listed::find(&mut tx, visitor.company.id, &id).await?;
    if let Some(attempt) = newest_attempt(&mut tx, &visitor, &listed).await? {
        let closed = AttemptState::Closed;
        connect_attempts::set_state(&mut tx, visitor.company.id, attempt.id, closed).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&listed.href()))
}
