use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use serde::Deserialize;

use crate::reader::Reader;
use crate::{AppConfig, Partner};

/// A request for one of an app's pages: which app the address names, and who reads. Addresses that
/// name none are answered with 404.
pub(crate) struct AppPage {
    pub app: Arc<AppConfig>,
    pub reader: Reader,
}

#[derive(Deserialize)]
struct InPath {
    slug: String,
}

impl FromRequestParts<Partner> for AppPage {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, partner: &Partner) -> Result<AppPage, Response> {
        let Path(InPath { slug }) = Path::from_request_parts(parts, partner)
            .await
            .map_err(IntoResponse::into_response)?;
        let app = partner.app(&slug).map_err(IntoResponse::into_response)?;
        let Ok(reader) = Reader::from_request_parts(parts, partner).await;
        Ok(AppPage { app, reader })
    }
}
