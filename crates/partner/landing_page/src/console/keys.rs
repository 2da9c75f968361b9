use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use protocol::{Form, Timestamp};
use uuid::Uuid;
use vault::ApiKey;
use web::{Layout, PageError, PageForm};

use super::confirm::Confirm;
use super::issued::Shown;
use super::signed_in::{Choice, SignedIn};
use crate::fields::FieldErrors;
use crate::when::When;
use crate::words::Words;
use crate::{AppConfig, Partner};

#[derive(Template)]
#[template(path = "console/keys.html")]
struct Keys<'a> {
    layout: Layout,
    apps: Vec<Choice>,
    chosen: &'a str,
    name: &'a str,
    errors: FieldErrors,
    keys: Vec<KeyRow>,
}

struct KeyRow {
    name: String,
    app: String,
    created: When,
    created_by: String,
    last_used: Option<When>,
    revoked: Option<When>,
    /// Where it is revoked.
    href: String,
}

/// The keys that programs show to the broker, without their values, and the form that makes one.
pub(crate) async fn list(
    State(partner): State<Partner>,
    signed_in: SignedIn,
) -> Result<Response, PageError> {
    let errors = FieldErrors::none(Words::ENGLISH);
    page(&partner, &signed_in, &Form::default(), errors).await
}

async fn page(
    partner: &Partner,
    signed_in: &SignedIn,
    sent: &Form,
    errors: FieldErrors,
) -> Result<Response, PageError> {
    let now = partner.clock.now();
    let mut keys = Vec::new();
    for app in partner.apps.iter() {
        let of_app = partner.vault.api_keys(app.client_id).await?;
        keys.extend(of_app.into_iter().map(|key| (app.as_ref(), key)));
    }
    keys.sort_by_key(|(_, key)| (key.revoked_at.is_some(), std::cmp::Reverse(key.created_at)));
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let title = errors.title("API keys");
    let apps = partner.apps.iter();
    Ok(web::page_with_status(
        status,
        &Keys {
            layout: signed_in.layout(&title, "API keys"),
            apps: apps.map(|app| Choice::new(&app.slug, &app.name)).collect(),
            chosen: sent.get("app").unwrap_or_default(),
            name: sent.get("name").unwrap_or_default(),
            errors,
            keys: keys.into_iter().map(|of| row(of, now)).collect(),
        },
    ))
}

fn row((app, key): (&AppConfig, ApiKey), now: Timestamp) -> KeyRow {
    let when = |at| When::new(at, now);
    KeyRow {
        href: href(app, key.id),
        name: key.name,
        app: app.name.clone(),
        created: when(key.created_at),
        created_by: key.created_by,
        last_used: key.last_used_at.map(when),
        revoked: key.revoked_at.map(when),
    }
}

fn href(app: &AppConfig, id: Uuid) -> String {
    format!("/console/keys/{}/{id}/revoke", app.slug)
}

/// Makes a key; the next page shows it, once.
pub(crate) async fn issue(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    signed_in.check(&form)?;
    let mut errors = FieldErrors::none(Words::ENGLISH);
    let app = partner.app_asked(form.get("app"));
    if app.is_none() {
        errors.add(
            "app",
            "Choose the app whose connections the program may use",
        );
    }
    let name = errors.line_of_staff(
        &form,
        "name",
        "a name for the program that will use the key",
    );
    let (Some(app), true) = (app, errors.is_empty()) else {
        return page(&partner, &signed_in, &form, errors).await;
    };
    let vault = signed_in.vault(&partner);
    let by = &signed_in.staff.email;
    let issued = vault.issue_api_key(app.client_id, &name, by).await?;
    tracing::info!(
        staff.id = %signed_in.staff.id, key.id = %issued.id, app.id = %app.client_id,
        "an API key was made"
    );
    let address = format!("/console/keys/{}", issued.id);
    let shown = Shown {
        secret: issued.key,
        name,
        expires_at: None,
    };
    partner
        .shown_once
        .put((signed_in.staff.id, issued.id), shown);
    Ok(Redirect::to(&address).into_response())
}

/// Asks before a key is made worthless.
pub(crate) async fn revoke_form(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let (app, key) = find(&partner, &slug, &id).await?;
    if key.revoked_at.is_some() {
        return Ok(Redirect::to("/console/keys").into_response());
    }
    Ok(web::page(&Confirm {
        layout: signed_in.layout(&format!("Revoke {}", key.name), "API keys"),
        title: format!("Revoke the key {}?", key.name),
        about: app.name.clone(),
        warning: "Programs that use this key are refused from now on.".to_owned(),
        text: "A key that was revoked cannot be brought back. If a program still needs one, make the new key first and give it to the program.".to_owned(),
        action: href(app, key.id),
        back: "/console/keys".to_owned(),
        back_label: "Back to API keys",
        keep: "Keep the key",
        button: "Revoke the key",
        busy: "Revoking…",
        typed: None,
    }))
}

/// Makes a key worthless.
pub(crate) async fn revoke(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    Path((slug, id)): Path<(String, String)>,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    signed_in.check(&form)?;
    let (app, key) = find(&partner, &slug, &id).await?;
    let vault = signed_in.vault(&partner);
    if vault.revoke_api_key(app.client_id, key.id).await? {
        tracing::info!(staff.id = %signed_in.staff.id, key.id = %key.id, "an API key was revoked");
    }
    Ok(Redirect::to("/console/keys").into_response())
}

/// A key of this app; one of another app is not found.
async fn find<'a>(
    partner: &'a Partner,
    slug: &str,
    id: &str,
) -> Result<(&'a AppConfig, ApiKey), PageError> {
    let id = Uuid::try_parse(id).map_err(|_| PageError::not_found())?;
    let app = partner
        .app_asked(Some(slug))
        .ok_or_else(PageError::not_found)?;
    let keys = partner.vault.api_keys(app.client_id).await?;
    let key = keys.into_iter().find(|key| key.id == id);
    Ok((app, key.ok_or_else(PageError::not_found)?))
}
