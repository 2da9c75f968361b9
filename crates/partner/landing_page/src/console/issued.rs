use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::ExposeSecret;
use uuid::Uuid;
use vault::IssuedCode;
use web::{Layout, PageError};

use super::signed_in::SignedIn;
use crate::Partner;
use crate::when::When;

/// Codes that were issued and not shown yet. In memory: after a restart a new one is issued.
#[derive(Default)]
pub(crate) struct ShownOnce(Mutex<HashMap<(Uuid, Uuid), IssuedCode>>);

impl ShownOnce {
    /// Keeps a code for the member of staff who issued it.
    pub fn put(&self, staff: Uuid, code: IssuedCode) {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody reads more than a few at once: what was never looked at goes.
        if codes.len() >= 100 {
            codes.clear();
        }
        codes.insert((staff, code.id), code);
    }

    fn take(&self, staff: Uuid, id: Uuid) -> Option<IssuedCode> {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.remove(&(staff, id))
    }
}

#[derive(Template)]
#[template(path = "console/issued.html")]
struct Issued<'a> {
    layout: Layout,
    label: String,
    code: &'a str,
    expires: When,
}

/// Shows a code this once; afterwards it leads back to the list.
pub(crate) async fn issued(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id = Uuid::try_parse(&id).map_err(|_| PageError::not_found())?;
    let Some(code) = partner.shown_once.take(signed_in.staff.id, id) else {
        return Ok(Redirect::to("/console/codes").into_response());
    };
    let label = partner.vault.code_label(id).await?;
    Ok(web::page(&Issued {
        layout: signed_in.layout("The new code", "Verification codes"),
        label: label.unwrap_or_default(),
        code: code.code.expose_secret(),
        expires: When::new(code.expires_at, partner.clock.now()),
    }))
}
