use axum::extract::State;
use axum::response::Response;
use web::{ClientAddress, PageError, PageForm, password};

use super::start::first_page;
use super::visit::{Visit, address};
use crate::fields::{FieldErrors, one_line};
use crate::limits::may_try;
use crate::{CallToAction, Partner};

/// Somebody signs in with an account of the app. The answer to a wrong password and to an unknown
/// address is the same, and takes as long (S10).
pub(crate) async fn sign_in(
    State(partner): State<Partner>,
    mut visit: Visit,
    ClientAddress(from): ClientAddress,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    visit.check(&form)?;
    if visit.app.call_to_action != CallToAction::SignInOrUp {
        return Err(PageError::not_found());
    }
    if !visit.is_open() {
        return Ok(visit.go_on());
    }
    let again = |visit: &Visit| first_page(visit, &form, FieldErrors::none(visit.words()));
    if let Some(turned) = visit.turned(&partner, &form, again).await? {
        return Ok(turned);
    }
    let email = one_line(form.get("email").unwrap_or_default()).to_lowercase();
    let password = form.get("password").unwrap_or_default();
    let words = visit.words();
    let limits = &partner.limits;
    let key = format!("{} {email}", visit.app.slug);
    may_try(&limits.sign_in_of_address, &from)
        .and_then(|()| may_try(&limits.sign_in, &key))
        .map_err(|error| {
            error.with_action(&words.text("back-to-signing-in"), &address(&visit.app, ""))
        })?;
    let account = partner
        .vault
        .account_by_email(visit.app.client_id, &email)
        .await?;
    let stored = account
        .as_ref()
        .map(|account| account.password_hash.clone());
    let matches = password::verify(password.into(), stored).await;
    let Some(account) = account.filter(|_| matches) else {
        limits.sign_in.failed(&key);
        limits.sign_in_of_address.failed(&from);
        let mut errors = FieldErrors::none(words);
        errors.add("email", words.text("sign-in-refused"));
        return Ok(first_page(&visit, &form, errors));
    };
    partner
        .vault
        .flow_signs_in(visit.flow.id, account.id, words.0.tag())
        .await?;
    Ok(visit.go("confirm"))
}
