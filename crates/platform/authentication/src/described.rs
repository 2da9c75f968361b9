//! What the descriptions of the endpoints share.

use http::StatusCode;
use web::Description;
use web::description::Fields;

pub const TOKENS: &str = "Tokens";
pub const SIGN_IN: &str = "Sign-in";
pub const DISCOVERY: &str = "Discovery";
pub const APP_MANAGEMENT: &str = "App management";

/// What an optional `scope` means for every grant.
pub const SCOPE: &str =
    "Names of scopes, separated by spaces: no more than were granted. All of them when left out.";

/// A form that carries the client's credentials, unless they come as HTTP Basic.
pub fn client_form(title: &str) -> Fields {
    Fields::new(title)
        .optional("client_id", "Required, unless sent as HTTP Basic.")
        .optional("client_secret", "Required, unless sent as HTTP Basic.")
}

/// What [`crate::asked::Asked`] refuses, whatever is asked for.
pub fn refuses_clients(description: Description) -> Description {
    let description = description
        .refuses(
            StatusCode::BAD_REQUEST,
            "Something is missing, cannot be read or is not granted; `code` says what.",
        )
        .refuses(
            StatusCode::UNAUTHORIZED,
            "There is no such app (code 61), or the secret is none of its active ones (64).",
        )
        .refuses(
            StatusCode::FORBIDDEN,
            "Nothing is wrong with the request, but the app or the principal may not have this; \
             `code` says why.",
        )
        .limits_calls();
    may_fail(description)
}

/// What every endpoint that takes an access token refuses.
pub fn refuses_bearers(description: Description) -> Description {
    let description = description.refuses(
        StatusCode::UNAUTHORIZED,
        "The access token is missing, expired, revoked or not for here.",
    );
    may_fail(description)
}

/// What every endpoint may answer that needs the database.
pub fn may_fail(description: Description) -> Description {
    description
        .refuses(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something failed here. Nothing was consumed: send the same request again.",
        )
        .refuses(
            StatusCode::SERVICE_UNAVAILABLE,
            "The database is away. Nothing was consumed: send the same request again.",
        )
}
