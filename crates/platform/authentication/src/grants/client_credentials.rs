//! `grant_type=client_credentials` (reference §3.3): an app speaks for itself. No company, no
//! refresh token, no id_token; when the hour is over, it asks again.

use protocol::{ErrorCode, TokenAnswer, narrow};
use web::description::Fields;

use crate::answer::app_answer;
use crate::described::{SCOPE, client_form};
use crate::refusal::Refusal;
use crate::token::TokenRequest;

/// An app has no home: its token is for the data centre that was asked, the landing zone included,
/// so that whoever needs one per data centre (GE-06) asks each.
pub fn token(request: &TokenRequest<'_>) -> Result<TokenAnswer, Refusal> {
    let asked = request.form.get("scope");
    let scopes = narrow(&request.client.scopes, asked).ok_or(ErrorCode::ScopeExceedsGrant)?;
    app_answer(request, &scopes)
}

pub fn form() -> Fields {
    client_form("An app speaks for itself")
        .exactly("grant_type", "client_credentials")
        .optional("scope", SCOPE)
}
