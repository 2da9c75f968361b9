use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::Method;
use http::request::Parts;
use protocol::{AppId, Form};
use vault::{Actor, Broker, By, Staff, Vault};
use web::{Cookies, CorrelationId, Layout, LayoutUser, Link, PageError, SessionToken};

use crate::words::Words;
use crate::{AppConfig, Partner, frame};

pub(super) const COOKIE: &str = "console";

/// One of those that a list of a form offers.
pub(super) struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    pub fn new(value: &str, label: &str) -> Choice {
        Choice {
            value: value.to_owned(),
            label: label.to_owned(),
        }
    }
}

/// A member of staff with a session; everybody else is led to the sign-in page.
pub(crate) struct SignedIn {
    pub staff: Staff,
    pub session: SessionToken,
    correlation: CorrelationId,
    open_inquiries: i64,
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

    /// The vault, changed on behalf of this member of staff, in this request.
    pub fn vault(&self, partner: &Partner) -> Vault {
        partner.vault.by(self.by())
    }

    /// The broker, acting on behalf of this member of staff, in this request.
    pub fn broker(&self, partner: &Partner) -> Broker {
        partner.broker.by(self.by())
    }

    fn by(&self) -> By {
        By::new(Actor::Staff(self.staff.email.clone()), &self.correlation.0)
    }

    /// The console's frame; `current` is the part of it that the page belongs to.
    pub fn layout(&self, title: &str, current: &str) -> Layout {
        let parts = [
            Link::new("Connections", "/console/connections"),
            Link::new("Expiries", "/console/expiries"),
            Link::new("Activity", "/console/activity"),
            Link::new("Inquiries", "/console/inquiries").counting(self.open_inquiries),
            Link::new("Codes", "/console/codes"),
            Link::new("API keys", "/console/keys"),
            Link::new("Audit log", "/console/audit"),
        ];
        let mut layout = frame::plain(Words::ENGLISH, title);
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
            let refuse = |error: db::Error| PageError::from(error).into_response();
            if let Some(staff) = staff.map_err(refuse)? {
                let inquiries = partner.vault.count_inquiries().await.map_err(refuse)?;
                let Ok(correlation) = CorrelationId::from_request_parts(parts, partner).await;
                return Ok(SignedIn {
                    staff,
                    session,
                    correlation,
                    open_inquiries: inquiries.open,
                });
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

    /// The app of a slug that stands in an address; `None` for all apps.
    pub(super) fn app_asked(&self, slug: Option<&str>) -> Option<&AppConfig> {
        let known = self.apps.iter().find(|app| Some(app.slug.as_str()) == slug);
        known.map(AsRef::as_ref)
    }

    /// All apps, to choose one in a form that filters.
    pub(super) fn app_options(&self) -> Vec<Choice> {
        let apps = self.apps.iter();
        let named = apps.map(|app| Choice::new(&app.slug, &app.name));
        std::iter::once(Choice::new("", "All apps"))
            .chain(named)
            .collect()
    }
}
