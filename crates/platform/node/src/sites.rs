use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use protocol::Origin;
use store::App;
use tower::ServiceExt;
use web::{Authority, ErrorStyle, Site};

use crate::openapi;

/// The customers' site.
pub fn app_center_site(app: &App) -> Router {
    app_center::site(app_center::State::new(app.clone()))
}

/// The APIs of all data centres: the request's authority says which one is asked.
pub fn api_site(app: &App) -> Router {
    let authentication =
        authentication::routes().into_router(authentication::State::new(app.clone()));
    let company_data = company_data::routes().into_router(app.clone());
    let centers = app.settings.data_centers.all();
    let site = Site {
        name: "api",
        origins: centers.map(|center| center.base_uri.clone()).collect(),
        entropy: app.entropy.clone(),
        errors: ErrorStyle::Json(Arc::new(authentication::error_response)),
        has_forms: false,
    };
    let openapi = openapi::routes().into_router(openapi::openapi().into());
    // The authorization endpoint has a page, for browsers that it cannot send back.
    let pages = web::assets();
    site.wrap(
        authentication
            .merge(company_data)
            .merge(openapi)
            .merge(pages),
    )
}

/// Both behind one listener: the request's authority says which one is meant. The APIs answer 421
/// to whom neither is.
pub fn both_sites(app: &App) -> Router {
    struct Both {
        app_center: (Origin, Router),
        api: Router,
    }
    let both = Arc::new(Both {
        app_center: (app.settings.app_center.clone(), app_center_site(app)),
        api: api_site(app),
    });
    Router::new().fallback(move |request: Request| {
        let both = both.clone();
        async move {
            let (origin, app_center) = &both.app_center;
            let Authority(authority) = Authority::of(request.uri(), request.headers());
            let site = if origin.is_named_by(&authority) {
                app_center
            } else {
                &both.api
            };
            site.clone().oneshot(request).await
        }
    })
}
