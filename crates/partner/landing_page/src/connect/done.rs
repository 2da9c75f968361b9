use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use protocol::PrincipalType;
use vault::Step;
use web::{Layout, PageError};

use super::stop::Stop;
use super::visit::{Visit, address};
use crate::frame::{self, Landing};
use crate::{AppConfig, CallToAction, Partner};

#[derive(Template)]
#[template(path = "connect/done.html")]
struct Done<'a> {
    layout: Layout,
    landing: Landing,
    app: &'a AppConfig,
    platform: &'a str,
    name: String,
    about: String,
    data_center: String,
    is_company: bool,
    is_verification: bool,
}

/// Says that the connection stands, and what comes next (LP-40 to LP-43). Can be reloaded.
pub(crate) async fn done(
    State(partner): State<Partner>,
    visit: Visit,
) -> Result<Response, PageError> {
    match visit.flow.step {
        Step::Done => {}
        Step::Exchanging => return Ok(under_way(&visit.app)),
        _ => return Ok(visit.go_on()),
    }
    let app = &*visit.app;
    let connection = match visit.flow.connection_id {
        Some(id) => partner.vault.connection(id).await?,
        None => None,
    };
    let connection = connection.ok_or_else(PageError::not_found)?;
    let is_company = app.kind == PrincipalType::Company;
    let unnamed = if is_company {
        "Your company"
    } else {
        "Your user"
    };
    Ok(web::page(&Done {
        layout: frame::branded(app, "Connected"),
        landing: frame::landing(app),
        app,
        platform: &app.platform.name,
        name: connection.name.unwrap_or_else(|| unnamed.to_owned()),
        about: format!("/{}", app.slug),
        data_center: partner.data_center(app.client_id, &connection.geolocation),
        is_company,
        is_verification: app.call_to_action == CallToAction::Verification,
    }))
}

fn under_way(app: &AppConfig) -> Response {
    Stop::new(app, "clock", "Connecting takes longer than usual")
        .line("The platform has not answered yet. You may leave this page open and look again.")
        .action("Look again", &address(app, "done"))
        .page(StatusCode::OK)
}
