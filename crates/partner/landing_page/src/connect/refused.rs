use axum::response::Response;
use client::Reason;
use http::StatusCode;
use vault::{RefusedFlow, Step};

use super::stop::{Retry, Stop};
use super::visit::{Visit, address};

/// Why the connection did not come about, and what to do (reference §2.6.4). Can be reloaded.
pub(crate) async fn refused(visit: Visit) -> Response {
    let waits = visit.flow.step == Step::Confirm;
    match &visit.flow.refusal {
        Some(why) if waits || visit.flow.step == Step::Refused => {
            stop(&visit, why).page(StatusCode::OK)
        }
        _ => visit.go_on(),
    }
}

fn stop(visit: &Visit, why: &RefusedFlow) -> Stop {
    let app = &*visit.app;
    let platform = &app.platform.name;
    let words = visit.words();
    let named = |key| words.say(key).with("platform", platform);
    let app_named = |key| words.say(key).with("app", &app.name);
    let page = |picture, heading: String| {
        let page = Stop::new(app, &visit.reader, picture, heading);
        page.correlation_id(why.correlation_id.clone())
    };
    match Reason::parse(&why.reason) {
        Reason::Transient => page("clock", named("no-answer").to_string())
            .says("no-answer-help")
            .retry(Retry {
                action: address(app, "confirm"),
                csrf: visit.session.csrf(),
            }),
        Reason::LinkExpired => page("clock", words.text("link-expired"))
            .says("link-expired-why")
            .says("link-expired-help")
            .contact(app),
        Reason::NotEnabled => page("apart", app_named("not-enabled").to_string())
            .line(named("not-enabled-why").with("app", &app.name))
            .says("not-enabled-help")
            .contact(app),
        Reason::NotBelieved => page("apart", words.text("not-believed"))
            .line(named("not-believed-why"))
            .says("not-believed-help")
            .contact(app),
        Reason::Other => page("apart", words.text("refused"))
            .line(named("refused-why").with("reason", why.text.trim_end_matches('.')))
            .says("refused-help")
            .contact(app),
        _ => page("apart", app_named("our-fault").to_string())
            .says("our-fault-why")
            .says("our-fault-help")
            .contact(app),
    }
}
