use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use protocol::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;
use web::{Layout, PageError};

use super::signed_in::SignedIn;
use crate::Partner;
use crate::when::When;

/// A code or key that was made and not shown yet.
pub(crate) struct Shown {
    pub secret: SecretString,
    /// The customer of a code, the program of a key.
    pub name: String,
    pub expires_at: Option<Timestamp>,
}

/// What was made and not shown yet, by member of staff and id. In memory: after a restart a new one
/// is made.
#[derive(Default)]
pub(crate) struct ShownOnce(Mutex<HashMap<(Uuid, Uuid), Shown>>);

impl ShownOnce {
    /// Keeps it for the member of staff who made it.
    pub fn put(&self, whose: (Uuid, Uuid), what: Shown) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody reads more than a few at once: what was never looked at goes.
        if kept.len() >= 100 {
            kept.clear();
        }
        kept.insert(whose, what);
    }

    fn take(&self, whose: (Uuid, Uuid)) -> Option<Shown> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(&whose)
    }
}

#[derive(Template)]
#[template(path = "console/issued.html")]
struct Issued<'a> {
    layout: Layout,
    heading: String,
    text: &'static str,
    secret: &'a str,
    /// What it is, for the button that copies it.
    what: &'static str,
    expires: Option<When>,
    back: &'static str,
    back_label: &'static str,
}

/// Shows a code this once; afterwards it leads back to the list.
pub(crate) async fn code(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let back = "/console/codes";
    let Some(shown) = take(&partner, &signed_in, &id)? else {
        return Ok(Redirect::to(back).into_response());
    };
    Ok(web::page(&Issued {
        layout: signed_in.layout("The new code", "Codes"),
        heading: format!("The code for {}", shown.name),
        text: "Hand it to the customer now: it is shown this once.",
        secret: shown.secret.expose_secret(),
        what: "the verification code",
        expires: shown
            .expires_at
            .map(|at| When::new(at, partner.clock.now())),
        back,
        back_label: "Back to verification codes",
    }))
}

/// Shows an API key this once; afterwards it leads back to the list.
pub(crate) async fn key(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let back = "/console/keys";
    let Some(shown) = take(&partner, &signed_in, &id)? else {
        return Ok(Redirect::to(back).into_response());
    };
    Ok(web::page(&Issued {
        layout: signed_in.layout("The new key", "API keys"),
        heading: format!("The key for {}", shown.name),
        text: "Put it where the program reads its secrets now: it is shown this once. Programs send it as a bearer token.",
        secret: shown.secret.expose_secret(),
        what: "the key",
        expires: None,
        back,
        back_label: "Back to API keys",
    }))
}

fn take(partner: &Partner, signed_in: &SignedIn, id: &str) -> Result<Option<Shown>, PageError> {
    let id = Uuid::try_parse(id).map_err(|_| PageError::not_found())?;
    Ok(partner.shown_once.take((signed_in.staff.id, id)))
}
