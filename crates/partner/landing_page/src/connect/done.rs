use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use vault::Step;
use web::{Layout, PageError};

use super::stop::Stop;
use super::visit::{Visit, address};
use crate::frame::{self, Landing};
use crate::words::Words;
use crate::{AppConfig, CallToAction, Partner};

#[derive(Template)]
#[template(path = "connect/done.html")]
struct Done<'a> {
    layout: Layout,
    landing: Landing,
    words: Words,
    app: &'a AppConfig,
    platform: &'a str,
    name: String,
    about: String,
    data_center: String,
    is_verification: bool,
}

/// Says that the connection stands, and what comes next (LP-40 to LP-43). Can be reloaded.
pub(crate) async fn done(
    State(partner): State<Partner>,
    visit: Visit,
) -> Result<Response, PageError> {
    match visit.flow.step {
        Step::Done => {}
        Step::Exchanging => return Ok(under_way(&visit)),
        _ => return Ok(visit.go_on()),
    }
    let app = &*visit.app;
    let connection = match visit.flow.connection_id {
        Some(id) => partner.vault.connection(id).await?,
        None => None,
    };
    let connection = connection.ok_or_else(PageError::not_found)?;
    let words = visit.words();
    let unnamed = || words.say("unnamed").with("whom", app.whom()).to_string();
    Ok(web::page(&Done {
        layout: frame::branded(app, words, &words.text("connected")),
        landing: frame::landing(app, &visit.reader),
        words,
        app,
        platform: &app.platform.name,
        name: connection.name.unwrap_or_else(unnamed),
        about: format!("/{}", app.slug),
        data_center: partner.data_center(app.client_id, &connection.geolocation),
        is_verification: app.call_to_action == CallToAction::Verification,
    }))
}

/// The request that exchanges goes on without its window, so this one may be closed; an exchange that
/// is cut off may be confirmed again.
fn under_way(visit: &Visit) -> Response {
    let words = visit.words();
    let app = &*visit.app;
    let begun = visit.flow.exchanging_since.unwrap_or(visit.flow.created_at);
    let why = words.say("takes-longer-why");
    let why = why.with("platform", &app.platform.name);
    Stop::new(app, &visit.reader, "clock", words.text("takes-longer"))
        .line(why.with("begun", words.date_time(begun)))
        .says("takes-longer-goes-on")
        .says("takes-longer-otherwise")
        .action(words.text("look-again"), &address(app, "done"))
        .contact(app)
        .page(StatusCode::OK)
}
