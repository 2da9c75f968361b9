use askama::Template;
use axum::extract::{Path, State as Context};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use store::registration::RegistrationError;
use store::{CustomerApp, customer_registration};
use web::{CorrelationId, Layout, PageError};

use super::administrator::{Administrator, PostedByAdministrator, by};
use super::application_form::ApplicationForm;
use super::owned;
use crate::visitor::Visitor;
use crate::{State, frame, notice};

#[derive(Template)]
#[template(path = "administration/change_application.html")]
struct ChangePage {
    layout: Layout,
    company: String,
    name: String,
    href: String,
    form: ApplicationForm,
    fixed: bool,
}

pub async fn show(
    Context(state): Context<State>,
    Administrator(visitor): Administrator,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let own = owned::find(&mut tx, visitor.company.id, &id).await?;
    let form = ApplicationForm::of(&mut tx, &own, &state.app.settings.platform_name).await?;
    Ok(web::page(&page(&state, &visitor, &own, form)))
}

pub async fn submit(
    Context(state): Context<State>,
    correlation: CorrelationId,
    Path(id): Path<String>,
    PostedByAdministrator { visitor, form }: PostedByAdministrator,
) -> Result<Response, PageError> {
    let mut tx = state.app.db.write_alone_within(visitor.company.id).await?;
    let own = owned::find(&mut tx, visitor.company.id, &id).await?;
    let form = ApplicationForm::read(&mut tx, &form, &state.app.settings.platform_name).await?;
    let by = by(&visitor, &correlation);
    let changed = customer_registration::change(&state.app, &mut tx, &own, form.asked(), by).await;
    match changed {
        Ok(_) => {
            tx.commit().await?;
            let href = notice::href(&owned::href(&own), "app_saved");
            Ok(Redirect::to(&href).into_response())
        }
        Err(RegistrationError::Storage(error)) => Err(error.into()),
        Err(RegistrationError::Invalid(objections)) => {
            let page = page(&state, &visitor, &own, form.refused(&objections));
            Ok(web::page_with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page,
            ))
        }
    }
}

fn page(state: &State, visitor: &Visitor, own: &CustomerApp, form: ApplicationForm) -> ChangePage {
    let prefix = match form.errors.is_empty() {
        true => "",
        false => "Error: ",
    };
    let title = format!("{prefix}Edit {}", own.app.name);
    ChangePage {
        layout: frame::layout_for(state, visitor, &title, "Administration"),
        company: visitor.company.name.clone(),
        name: own.app.name.clone(),
        href: owned::href(own),
        form,
        fixed: true,
    }
}

impl ChangePage {
    fn back(&self) -> String {
        format!("Back to {}", self.name)
    }
}
