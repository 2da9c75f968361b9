use axum::extract::{FromRequest, FromRequestParts, Request};
use http::request::Parts;
use protocol::Form;
use store::customer_registration::ByUser;
use store::users;
use web::{CorrelationId, PageError};

use crate::State;
use crate::visitor::{NotSignedIn, Posted, Visitor};

/// How many people a refusal names.
const NAMED: usize = 5;

/// Somebody with the Web Services Admin permission (OA-70, CF-04).
pub struct Administrator(pub Visitor);

impl FromRequestParts<State> for Administrator {
    type Rejection = NotSignedIn;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &State,
    ) -> Result<Administrator, NotSignedIn> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        Ok(Administrator(permitted(state, visitor).await?))
    }
}

/// A form that an administrator posted: everything that changes something takes this, so that none
/// forgets the permission.
pub struct PostedByAdministrator {
    pub visitor: Visitor,
    pub form: Form,
}

impl FromRequest<State> for PostedByAdministrator {
    type Rejection = NotSignedIn;

    async fn from_request(
        request: Request,
        state: &State,
    ) -> Result<PostedByAdministrator, NotSignedIn> {
        let Posted { visitor, form } = Posted::from_request(request, state).await?;
        let visitor = permitted(state, visitor).await?;
        Ok(PostedByAdministrator { visitor, form })
    }
}

/// Who does it, for the audit log.
pub fn by<'a>(visitor: &Visitor, correlation: &'a CorrelationId) -> ByUser<'a> {
    ByUser {
        user: visitor.user.id,
        correlation_id: &correlation.0,
        now: visitor.now,
    }
}

async fn permitted(state: &State, visitor: Visitor) -> Result<Visitor, PageError> {
    if visitor.user.web_services_admin {
        return Ok(visitor);
    }
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let all = users::administrators(&mut tx, visitor.company.id).await?;
    let company = &visitor.company.name;
    let Some(first) = all.first() else {
        let platform = &state.app.settings.platform_name;
        return Err(PageError::forbidden(format!(
            "Administration takes Web Services Administration rights. Nobody at {company} has them yet; the support of {platform} can appoint somebody. Nothing was changed."
        )));
    };
    let named = all.iter().take(NAMED);
    let names: Vec<String> = named
        .map(|admin| format!("{} ({})", admin.full_name(), admin.login))
        .collect();
    let message = format!(
        "Administration takes Web Services Administration rights. These people at {company} have them and can help: {}. Nothing was changed.",
        names.join(", ")
    );
    let address = first.login.replace(['?', '&', '%', ' '], "");
    let action = (
        format!("Write to {}", first.full_name()),
        format!("mailto:{address}"),
    );
    Err(PageError::forbidden(message).with_action(&action.0, &action.1))
}
