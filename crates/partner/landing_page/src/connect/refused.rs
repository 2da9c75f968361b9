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
    let page = |picture, heading: String| {
        Stop::new(app, picture, heading).correlation_id(why.correlation_id.clone())
    };
    let contact = app.links.inquiry.clone();
    match Reason::parse(&why.reason) {
        Reason::Transient => page("clock", format!("{platform} does not answer for the moment"))
            .line("Nothing was connected, and what you entered is kept. Try again in a minute, or come back to this page within 24 hours to finish.")
            .retry(Retry {
                action: address(app, "confirm"),
                csrf: visit.session.csrf(),
            }),
        Reason::LinkExpired => page("clock", "This link has expired".to_owned())
            .line("A link from App Center is good for 24 hours. Nothing was connected, and what you entered was removed.")
            .line("Close this window, go back to App Center and choose Connect again.")
            .action("Contact us", &contact),
        Reason::NotEnabled => page("apart", format!("{} is not enabled for you", app.name))
            .line(format!("{platform} says that {} may not connect to your company at present. Nothing was connected.", app.name))
            .line("Contact us: we find out with you what is missing.")
            .action("Contact us", &contact),
        Reason::NotBelieved => page("apart", "This link could not be confirmed".to_owned())
            .line(format!("{platform} does not confirm that the link belongs to the one it names. Nothing was connected, and what you entered was removed."))
            .line("Go back to App Center and choose Connect again. If it happens again, contact us.")
            .action("Contact us", &contact),
        Reason::Other => page("apart", "The connection was refused".to_owned())
            .line(format!("{platform} says: {}. Nothing was connected.", why.text.trim_end_matches('.')))
            .line("Contact us with the correlation id below.")
            .action("Contact us", &contact),
        _ => page("apart", format!("{} cannot be connected at present", app.name))
            .line("The fault is on our side, and our staff has been told. Nothing was connected.")
            .line("Try again later from App Center, or contact us.")
            .action("Contact us", &contact),
    }
}
