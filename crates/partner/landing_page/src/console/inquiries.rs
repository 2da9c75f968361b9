use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;
use vault::Inquiry;
use web::{Layout, PageError, PageForm};

use super::signed_in::SignedIn;
use crate::Partner;
use crate::when::When;

#[derive(Template)]
#[template(path = "console/inquiries.html")]
struct Inquiries {
    layout: Layout,
    open: usize,
    inquiries: Vec<InquiryView>,
}

struct InquiryView {
    inquiry: Inquiry,
    app: String,
    at: When,
    answered: Option<When>,
}

impl InquiryView {
    fn answered_by(&self) -> &str {
        self.inquiry.answered_by.as_deref().unwrap_or_default()
    }
}

/// What came in by the contact form; the open ones first.
pub(crate) async fn list(
    State(partner): State<Partner>,
    signed_in: SignedIn,
) -> Result<Response, PageError> {
    let now = partner.clock.now();
    let inquiries: Vec<_> = partner
        .vault
        .inquiries()
        .await?
        .into_iter()
        .map(|inquiry| InquiryView {
            app: partner.app_name(inquiry.app),
            at: When::new(inquiry.created_at, now),
            answered: inquiry.answered_at.map(|at| When::new(at, now)),
            inquiry,
        })
        .collect();
    Ok(web::page(&Inquiries {
        layout: signed_in.layout("Inquiries", "Inquiries"),
        open: inquiries
            .iter()
            .filter(|view| view.answered.is_none())
            .count(),
        inquiries,
    }))
}

/// Marks an inquiry as answered, or as open again.
pub(crate) async fn answer(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    PageForm(form): PageForm,
) -> Result<Response, PageError> {
    signed_in.check(&form)?;
    let id = Uuid::try_parse(&id).map_err(|_| PageError::not_found())?;
    let by = form
        .has("answered")
        .then_some(signed_in.staff.name.as_str());
    if !partner.vault.answer_inquiry(id, by).await? {
        return Err(PageError::not_found());
    }
    Ok(Redirect::to("/console/inquiries").into_response())
}
