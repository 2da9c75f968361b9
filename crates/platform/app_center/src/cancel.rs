use axum::extract::{Path, State as Context};
use axum::response::Redirect;
use store::audit::{self, Action};
use store::{AttemptState, connect_attempts, request_tokens};
use web::PageError;

use crate::listed::Listed;
use crate::listing::newest_attempt;
use crate::visitor::Posted;
use crate::{State, notice};

/// Gives a click on Connect up: what it handed out is worth nothing from now on, unless the
/// partner was faster.
pub async fn submit(
    Context(state): Context<State>,
    Path(id): Path<String>,
    Posted { visitor, .. }: Posted,
) -> Result<Redirect, PageError> {
    let company = visitor.company.id;
    let mut tx = state.app.db.write_within(company).await?;
    let listed = Listed::find(&mut tx, company, &id).await?;
    let mut cancelled = false;
    if let Some(attempt) = newest_attempt(&mut tx, &visitor, &listed).await? {
        let to = AttemptState::Cancelled;
        cancelled = connect_attempts::set_state(&mut tx, company, attempt.id, to).await?;
        if cancelled {
            request_tokens::void_attempt(&mut tx, company, attempt.id).await?;
            let (client, subject) = (listed.app.client_id, attempt.id.to_string());
            let change = visitor.change(Action::ConnectCancelled, client, &subject);
            audit::record(&mut tx, &state.app.entropy, visitor.by(), change).await?;
        }
    }
    tx.commit().await?;
    Ok(Redirect::to(&match cancelled {
        true => notice::href(&listed.href(), "cancelled"),
        false => listed.href(),
    }))
}
