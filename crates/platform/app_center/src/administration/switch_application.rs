use askama::Template;
use axum::extract::{Path, State as Context};
use axum::response::{Redirect, Response};
use store::customer_registration;
use web::{CorrelationId, Layout, PageError};

use super::administrator::{Administrator, PostedByAdministrator, by};
use super::owned;
use crate::{State, frame, notice};

#[derive(Template)]
#[template(path = "administration/switch_application.html")]
struct SwitchPage {
    layout: Layout,
    name: String,
    href: String,
    enabled: bool,
}

/// Asks before an app is switched off, or on again.
pub async fn show(
    Context(state): Context<State>,
    Administrator(visitor): Administrator,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let own = owned::find(&mut tx, visitor.company.id, &id).await?;
    drop(tx);
    let verb = match own.app.enabled {
        true => "Disable",
        false => "Enable",
    };
    let title = format!("{verb} {}", own.app.name);
    Ok(web::page(&SwitchPage {
        layout: frame::layout_for(&state, &visitor, &title, "Administration"),
        href: owned::href(&own),
        enabled: own.app.enabled,
        name: own.app.name,
    }))
}

/// The form says which way, so that sending it twice does not turn it back.
pub async fn submit(
    Context(state): Context<State>,
    correlation: CorrelationId,
    Path(id): Path<String>,
    PostedByAdministrator { visitor, form }: PostedByAdministrator,
) -> Result<Redirect, PageError> {
    let enabled = match form.get("enabled") {
        Some("yes") => true,
        Some("no") => false,
        _ => {
            return Err(PageError::bad_request(
                "The form does not say whether the app is to be enabled or disabled.",
            ));
        }
    };
    let mut tx = state.app.db.write_alone_within(visitor.company.id).await?;
    let own = owned::find(&mut tx, visitor.company.id, &id).await?;
    let by = by(&visitor, &correlation);
    customer_registration::set_enabled(&state.app, &mut tx, &own, enabled, by).await?;
    tx.commit().await?;
    let told = match enabled {
        true => "app_enabled",
        false => "app_disabled",
    };
    Ok(Redirect::to(&notice::href(&owned::href(&own), told)))
}

impl SwitchPage {
    fn back(&self) -> String {
        format!("Back to {}", self.name)
    }
}
