use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use web::{PageError, PageForm};

use super::connection::find;
use super::signed_in::SignedIn;
use crate::Partner;

/// Everything that is kept about a customer, as a file; that it was taken stands in the audit log.
pub(crate) async fn export(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    signed_in.check(&form)?;
    let connection = find(&partner, &id).await?;
    let vault = signed_in.vault(&partner);
    let kept = vault.export(connection.app, connection.principal).await?;
    let kept = kept.ok_or_else(PageError::not_found)?;
    let name = format!(
        "attachment; filename=\"customer-{}.json\"",
        connection.principal
    );
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, format!("{kept:#}\n")).into_response())
}
