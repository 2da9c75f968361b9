use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::Method;
use http::request::Parts;
use protocol::{AppId, Form};
use vault::Staff;
use web::{Cookies, Layout, LayoutUser, Link, PageError, SessionToken};

use crate::{Partner, frame};

pub(super) const COOKIE: &str = "console";

/// A member of staff with a session; everybody else is led to the sign-in page.
pub(crate) struct SignedIn {
    pub staff: Staff,
    pub session: SessionToken,
}

impl SignedIn {
    /// Refuses a form that did not come from a page of this session.
    pub fn check(&self, form: &Form) -> Result<(), PageError> {
        if self.session.accepts_csrf(form.get("csrf")) {
            Ok(())
        } else {
            Err(PageError::stale_form())
        }
    }

    /// The console's frame; `current` is the part of it that the page belongs to.
    pub fn layout(&self, title: &str, current: &str) -> Layout {
        let parts = [
            Link::new("Connections", "/console/connections"),
            Link::new("Inquiries", "/console/inquiries"),
            Link::new("Verification codes", "/console/codes"),
        ];
        let mut layout = frame::plain(title);
        layout.brand = "Partner console".to_owned();
        layout.brand_href = "/console/connections".to_owned();
        layout.footer = vec![Link::new("Apps of this partner", "/")];
        layout.nav = parts
            .into_iter()
            .map(|part| {
                let here = part.label == current;
                part.current_if(here)
            })
            .collect();
        layout.user = Some(LayoutUser {
            name: self.staff.name.clone(),
            company: self.staff.email.clone(),
            initials: web::initials(&self.staff.name),
        });
        layout.csrf = self.session.csrf();
        layout
    }
}

impl FromRequestParts<Partner> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        partner: &Partner,
    ) -> Result<SignedIn, Response> {
        let Ok(cookies) = Cookies::from_request_parts(parts, partner).await;
        let value = cookies.get(COOKIE, partner.secure());
        if let Some(session) = value.and_then(SessionToken::parse) {
            let staff = partner.vault.session(session.hash()).await;
            let staff = staff.map_err(|error| PageError::from(error).into_response())?;
            if let Some(staff) = staff {
                return Ok(SignedIn { staff, session });
            }
        }
        let here = parts.uri.path();
        let target = match parts.method {
            Method::GET if here != "/console" => format!("/console/sign-in?next={here}"),
            _ => "/console/sign-in".to_owned(),
        };
        Err(Redirect::to(&target).into_response())
    }
}

impl Partner {
    /// The name of an app in lists; its id when it does not stand in the configuration any more.
    pub(crate) fn app_name(&self, id: AppId) -> String {
        let known = self.apps.iter().find(|app| app.client_id == id);
        known.map_or_else(|| id.to_string(), |app| app.name.clone())
    }
}
