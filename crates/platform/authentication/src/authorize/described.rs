use http::StatusCode;
use web::Description;
use web::description::{Fields, text};

use crate::described::{SCOPE, SIGN_IN, may_fail};

/// What a client may send; the first two it must.
const PARAMETERS: &[(&str, &str)] = &[
    ("client_id", "The app."),
    ("response_type", "`code`: there is nothing else."),
    (
        "redirect_uri",
        "Where the answer goes: one that is registered, to the byte. May be left out where there \
         is only one.",
    ),
    ("scope", SCOPE),
    ("state", "Comes back as it was sent; at most 2048 bytes."),
    ("nonce", "Stands in the id_token; at most 512 bytes."),
    (
        "code_challenge",
        "Of RFC 7636, in base64url. Apps may be registered to need it.",
    ),
    ("code_challenge_method", "`S256`, with `code_challenge`."),
    (
        "prompt",
        "`none`, or some of `login`, `consent` and `select_account`.",
    ),
    (
        "max_age",
        "Seconds since the person signed in; after longer, again.",
    ),
    ("login_hint", "A login, filled in."),
    (
        "display",
        "`page`, `popup`, `touch` or `wap`: all are shown the same.",
    ),
    ("response_mode", "`query`: there is nothing else."),
];

pub fn describe() -> Description {
    let description = PARAMETERS
        .iter()
        .fold(operation("authorize"), |description, (name, what)| {
            description.query(name, what, text())
        });
    answers(description)
}

pub fn describe_post() -> Description {
    let form = PARAMETERS.iter().enumerate().fold(
        Fields::new("Authorization request"),
        |form, (at, (name, what))| {
            if at < 2 {
                form.required(name, what)
            } else {
                form.optional(name, what)
            }
        },
    );
    answers(operation("authorize_by_post").form(form))
}

fn operation(id: &str) -> Description {
    Description::new(
        SIGN_IN,
        id,
        "Send a person's browser here to sign in and allow the app",
    )
    .details("RFC 6749 §4.1, OpenID Connect Core §3.1.2. Each parameter stands once.")
}

fn answers(description: Description) -> Description {
    let description = description
        .redirects(
            StatusCode::SEE_OTHER,
            "On to sign-in; or back to the app, with `error`, `error_code`, `error_description`, \
             `state` and `iss`.",
        )
        .answers_page(
            StatusCode::BAD_REQUEST,
            "It is not known whom to send the answer to.",
        )
        .answers_page(StatusCode::FORBIDDEN, "The app is switched off.")
        .limits_calls_by_page();
    may_fail(description)
}
