use std::collections::HashMap;
use std::sync::Arc;

use ambient::{Clock, Entropy};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use client::Credentials;
use http::{HeaderName, HeaderValue};
use mail::Mailer;
use protocol::{AppId, Origin};
use vault::{Broker, KEEPER_ROUND, Vault};
use web::{Access, ErrorStyle, PageError, PageErrorView, Routes, Site};

use crate::limits::Limits;
use crate::{AppConfig, Config, ConfigError};
use crate::{brand, connect, console, document, error_page, home, own_frame, product, reader};

/// Everything the partner's pages need. Cheap to clone.
#[derive(Clone)]
pub struct Partner {
    pub(crate) config: Arc<Config>,
    pub(crate) apps: Arc<[Arc<AppConfig>]>,
    pub(crate) vault: Vault,
    pub(crate) broker: Broker,
    pub(crate) mailer: Mailer,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) limits: Arc<Limits>,
    pub(crate) shown_once: Arc<console::ShownOnce>,
    listings: Arc<HashMap<AppId, String>>,
}

impl Partner {
    /// Refuses a configuration that could not be served.
    /// The broker speaks for all its apps ([`credentials`]); a mailer that sends none keeps sign-ups
    /// in the browser that began them.
    pub fn new(
        config: Config,
        broker: Broker,
        mailer: Mailer,
        clock: Clock,
        entropy: Entropy,
    ) -> Result<Partner, ConfigError> {
        config.check()?;
        Ok(Partner {
            apps: config.apps.iter().cloned().map(Arc::new).collect(),
            config: Arc::new(config),
            limits: Arc::new(Limits::new(&clock)),
            shown_once: Arc::default(),
            listings: Arc::default(),
            vault: broker.vault().clone(),
            broker,
            mailer,
            clock,
            entropy,
        })
    }

    /// The same partner, who knows where customers connect an app again: the address of its listing.
    pub fn listed_at(mut self, listings: HashMap<AppId, String>) -> Partner {
        self.listings = Arc::new(listings);
        self
    }

    /// Where an administrator of a customer connects an app again, if it is known.
    pub(crate) fn listing(&self, app: AppId) -> Option<String> {
        let known = self.listings.get(&app).map(String::as_str);
        known.or(self.broker.listing(app)).map(str::to_owned)
    }

    /// The name of an app's data center; its address where nobody knows a name for it.
    pub(crate) fn data_center(&self, app: AppId, base_uri: &Origin) -> String {
        let app = self.apps.iter().find(|known| known.client_id == app);
        let name = app.map(|app| app.platform.data_center(base_uri));
        name.unwrap_or(base_uri.authority()).to_owned()
    }

    /// Hands out access tokens of the partner's connections.
    pub fn broker(&self) -> &Broker {
        &self.broker
    }

    /// Keeps connections alive until it is dropped: spawn it once.
    pub async fn keep(self) {
        self.broker.keep(KEEPER_ROUND).await;
    }
}

/// What the app proves itself with to the platform.
pub fn credentials(app: &AppConfig) -> Credentials {
    Credentials {
        client_id: app.client_id,
        client_secret: app.client_secret.clone(),
    }
}

/// Every page of the partner, and who may open it.
pub fn routes() -> Routes<Partner> {
    Routes::new()
        .get("/", Access::Public, home::home)
        .get("/{slug}", Access::Public, product::product)
        .get("/{slug}/brand.css", Access::Public, brand::style_sheet)
        .get("/{slug}/logo.svg", Access::Public, brand::logo)
        .get(
            "/{slug}/frame/{version}/{file}",
            Access::Public,
            own_frame::file,
        )
        .get("/{slug}/{document}", Access::Public, document::document)
        .merge(connect::routes())
        .merge(console::routes())
}

/// The whole site, ready to be served.
pub fn site(partner: &Partner) -> Router {
    let of_errors = partner.clone();
    let site = Site {
        name: "partner",
        origins: vec![partner.config.public_origin.clone()],
        entropy: partner.entropy.clone(),
        errors: ErrorStyle::Page(Arc::new(move |view: &PageErrorView<'_>| {
            error_page::render(&of_errors, view)
        })),
        has_forms: true,
    };
    let pages = routes()
        .into_router(partner.clone())
        // Named, so that the layers stand around it as well.
        .fallback(async || PageError::not_found())
        .layer(middleware::from_fn_with_state(
            partner.clone(),
            reader::settle,
        ))
        .layer(middleware::from_fn(stay_reachable));
    site.wrap(pages)
}

/// The platform's page opened the landing page's window and watches whether it is closed; the
/// usual opener policy would cut that connection, on a redirect as well.
async fn stay_reachable(request: Request, next: Next) -> Response {
    let is_landing = request.uri().path().starts_with("/connect/");
    let mut response = next.run(request).await;
    if is_landing {
        response.headers_mut().insert(
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("unsafe-none"),
        );
    }
    response
}
