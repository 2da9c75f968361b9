use axum::extract::State;
use axum::response::Response;
use web::{ClientAddress, PageError, PageForm};

use super::start::first_page;
use super::visit::{Visit, address};
use crate::fields::FieldErrors;
use crate::limits::may_try;
use crate::{CallToAction, Partner};

/// Somebody enters a verification code. Unknown, used, expired and revoked ones get one answer.
pub(crate) async fn submit(
    State(partner): State<Partner>,
    mut visit: Visit,
    ClientAddress(from): ClientAddress,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    visit.check(&form)?;
    if visit.app.call_to_action != CallToAction::Verification {
        return Err(PageError::not_found());
    }
    if !visit.is_open() {
        return Ok(visit.go_on());
    }
    let again = |visit: &Visit| first_page(visit, &form, FieldErrors::none(visit.words()));
    if let Some(turned) = visit.turned(&partner, &form, again).await? {
        return Ok(turned);
    }
    let words = visit.words();
    let mut errors = FieldErrors::none(words);
    let entered = errors.line(&form, "code", "code");
    errors.agreed(&form);
    if !errors.is_empty() {
        return Ok(first_page(&visit, &form, errors));
    }
    let limits = &partner.limits;
    let flow = visit.flow.id.to_string();
    may_try(&limits.codes, &flow)
        .and_then(|()| may_try(&limits.codes_of_address, &from))
        .map_err(|error| {
            error.with_action(&words.text("back-to-the-code"), &address(&visit.app, ""))
        })?;
    let reserved = partner
        .vault
        .reserve_code(&entered, visit.flow.entrant())
        .await?;
    let Some(code) = reserved else {
        limits.codes.failed(&flow);
        limits.codes_of_address.failed(&from);
        errors.add("code", words.text("code-not-valid"));
        return Ok(first_page(&visit, &form, errors));
    };
    partner.vault.flow_holds_code(visit.flow.id, code).await?;
    Ok(visit.go("confirm"))
}
