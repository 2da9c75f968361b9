use askama::Template;
use axum::extract::{Path, State as Context};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use mail::Person;
use store::audit::{self, Action};
use store::{Lead, leads};
use web::{Layout, PageError};

use crate::countries::{self, Country};
use crate::field_error::FieldError;
use crate::lead_form::LeadForm;
use crate::lead_mail::LeadMail;
use crate::listed::Listed;
use crate::visitor::{Posted, Visitor};
use crate::{State, frame, partner_link};

#[derive(Template)]
#[template(path = "request_information.html")]
struct RequestPage {
    layout: Layout,
    name: String,
    partner: String,
    listing_href: String,
    privacy_href: Option<String>,
    lead: LeadForm,
    errors: Vec<FieldError>,
    countries: &'static [Country],
}

#[derive(Template)]
#[template(path = "request_information_thanks.html")]
struct ThanksPage {
    layout: Layout,
    name: String,
    partner: String,
    listing_href: String,
}

pub async fn show(
    Context(state): Context<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let listed = enterprise(&state, &visitor, &id).await?;
    let lead = LeadForm::prefilled(&visitor);
    Ok(page(&state, &visitor, &listed, lead))
}

pub async fn submit(
    Context(state): Context<State>,
    Path(id): Path<String>,
    Posted { visitor, form }: Posted,
) -> Result<Response, PageError> {
    let listed = enterprise(&state, &visitor, &id).await?;
    let lead = LeadForm::read(&form);
    if !lead.errors().is_empty() {
        return Ok(page(&state, &visitor, &listed, lead));
    }
    let limited = state.leads_by_user.check(&visitor.user.id.to_string());
    limited.map_err(|seconds| {
        let minutes = web::count(seconds.div_ceil(60), "minute");
        let told = format!("You have sent many requests within an hour. Try again in {minutes}. This one was not sent.");
        PageError::too_many_requests(told, seconds)
    })?;
    let stored = Lead {
        id: state.app.entropy.uuid(),
        listing: listed.listing.id.clone(),
        company: visitor.company.id,
        user: visitor.user.id,
        fields: lead.answers(),
        submitted_at: visitor.now,
    };
    let mut tx = state.app.db.write_within(visitor.company.id).await?;
    leads::insert(&mut tx, &stored).await?;
    let (client, subject) = (listed.app.client_id, stored.id.to_string());
    let change = visitor.change(Action::LeadSubmitted, client, &subject);
    audit::record(&mut tx, &state.app.entropy, visitor.by(), change).await?;
    tx.commit().await?;
    send_mails(&state, &listed, &lead, &stored).await;
    let thanks = format!("{}/request-information/thanks", listed.href());
    Ok(Redirect::to(&thanks).into_response())
}

pub async fn thank(
    Context(state): Context<State>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let listed = enterprise(&state, &visitor, &id).await?;
    Ok(web::page(&ThanksPage {
        layout: frame::layout_for(&state, &visitor, "Request sent", "App Center"),
        listing_href: listed.href(),
        partner: listed.listing.content.partner_name,
        name: listed.listing.name,
    }))
}

/// Only enterprise applications take requests (AC-50).
async fn enterprise(state: &State, visitor: &Visitor, id: &str) -> Result<Listed, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let listed = Listed::find(&mut tx, visitor.company.id, id).await?;
    match listed.is_enterprise() {
        true => Ok(listed),
        false => Err(PageError::not_found().with_action("Back to the app", &listed.href())),
    }
}

/// The lead is stored; a mail that cannot be sent is for the operator's log.
async fn send_mails(state: &State, listed: &Listed, lead: &LeadForm, stored: &Lead) {
    let settings = &state.app.settings;
    if !settings.mail.sends() {
        return;
    }
    let content = &listed.listing.content;
    let told = LeadMail {
        platform: &settings.platform_name,
        listing: &listed.listing.name,
        partner: Person::new(&content.partner_name, &content.links.lead_email),
        prospect: Person::new(
            &format!("{} {}", lead.value("first_name"), lead.value("last_name")),
            lead.value("email"),
        ),
        lead: stored,
    };
    for letter in [told.to_prospect(), told.to_partner()] {
        if let Err(reason) = settings.mail.send(&letter).await {
            let (kind, id) = (letter.kind, stored.id);
            tracing::error!(%reason, mail.kind = kind, lead.id = %id, "mail about a lead was not sent");
        }
    }
}

fn page(state: &State, visitor: &Visitor, listed: &Listed, lead: LeadForm) -> Response {
    let errors = lead.errors();
    let (status, title) = match errors.is_empty() {
        true => (StatusCode::OK, "Request Information"),
        false => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "Error: Request Information",
        ),
    };
    let content = &listed.listing.content;
    let page = RequestPage {
        layout: frame::layout_for(state, visitor, title, "App Center"),
        name: listed.listing.name.clone(),
        partner: content.partner_name.clone(),
        listing_href: listed.href(),
        privacy_href: partner_link::href(&content.links.privacy),
        lead,
        errors,
        countries: countries::all(),
    };
    web::page_with_status(status, &page)
}

impl RequestPage {
    fn back(&self) -> String {
        format!("Back to {}", self.name)
    }
}
