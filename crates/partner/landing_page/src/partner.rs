use std::sync::Arc;

use ambient::{Clock, Entropy};
use axum::Router;
use client::Client;
use vault::Vault;
use web::{ErrorStyle, PageErrorView, Routes, Site};

use crate::{Config, ConfigError};

/// Everything the partner's pages need. Cheap to clone.
#[derive(Clone)]
pub struct Partner {
    pub(crate) config: Arc<Config>,
    pub(crate) vault: Vault,
    pub(crate) client: Client,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
}

impl Partner {
    /// Refuses a configuration that could not be served.
    pub fn new(
        config: Config,
        vault: Vault,
        client: Client,
        clock: Clock,
        entropy: Entropy,
    ) -> Result<Partner, ConfigError> {
        config.check()?;
        Ok(Partner {
            config: Arc::new(config),
            vault,
            client,
            clock,
            entropy,
        })
    }

    /// Refreshes connections in the background until it is dropped: spawn it once.
    pub async fn keep(self) {
        std::future::pending::<()>().await;
    }
}

/// Every page of the partner, and who may open it.
pub fn routes() -> Routes<Partner> {
    Routes::new()
}

/// The whole site, ready to be served.
pub fn site(partner: &Partner) -> Router {
    let site = Site {
        name: "partner",
        origins: vec![partner.config.public_origin.clone()],
        entropy: partner.entropy.clone(),
        errors: ErrorStyle::Page(Arc::new(|_: &PageErrorView<'_>| {
            axum::response::IntoResponse::into_response(http::StatusCode::NOT_FOUND)
        })),
        has_forms: true,
    };
    site.wrap(routes().into_router(partner.clone()))
}
