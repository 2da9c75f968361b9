use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;
use vault::Inquiry;
use web::{Layout, Link, PageError, PageForm, PageQuery};

use super::paging::{Pages, Wanted, address};
use super::signed_in::SignedIn;
use crate::Partner;
use crate::when::When;

const PATH: &str = "/console/inquiries";
const PAGE: i64 = 20;

#[derive(Template)]
#[template(path = "console/inquiries.html")]
struct Inquiries {
    layout: Layout,
    tabs: [Link; 2],
    is_open: bool,
    /// Whether there is any inquiry at all.
    is_any: bool,
    inquiries: Vec<InquiryView>,
    pages: Pages,
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

/// What came in by the contact form: open ones, or those that were answered.
pub(crate) async fn list(
    State(partner): State<Partner>,
    signed_in: SignedIn,
    query: PageQuery,
) -> Result<Response, PageError> {
    let now = partner.clock.now();
    let is_open = query.0.get("state") != Some("answered");
    let wanted = Wanted::of(&query, PAGE);
    let counts = partner.vault.count_inquiries().await?;
    let inquiries: Vec<_> = partner
        .vault
        .inquiries(is_open, (wanted.offset(), PAGE))
        .await?
        .into_iter()
        .map(|inquiry| InquiryView {
            app: partner.app_name(inquiry.app),
            at: When::new(inquiry.created_at, now),
            answered: inquiry.answered_at.map(|at| When::new(at, now)),
            inquiry,
        })
        .collect();
    let answered = address(PATH, &[("state", "answered")]);
    let (total, here) = match is_open {
        true => (counts.open, PATH),
        false => (counts.answered, answered.as_str()),
    };
    Ok(web::page(&Inquiries {
        layout: signed_in.layout("Inquiries", "Inquiries"),
        pages: wanted.pages(inquiries.len(), total, here),
        tabs: [
            Link::new("Open", PATH)
                .counting(counts.open)
                .current_if(is_open),
            Link::new("Answered", &answered)
                .counting(counts.answered)
                .current_if(!is_open),
        ],
        is_open,
        is_any: counts.open + counts.answered > 0,
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
    let vault = signed_in.vault(&partner);
    if !vault.answer_inquiry(id, by).await? {
        return Err(PageError::not_found());
    }
    Ok(Redirect::to(PATH).into_response())
}
