//! The console of the partner's staff: connections, inquiries, verification codes.

mod codes;
mod connection;
mod connections;
mod disconnect;
mod inquiries;
mod issued;
mod reports;
mod sign_in;
mod sign_out;
mod signed_in;

use axum::response::Redirect;
use web::{Access, Routes};

pub(crate) use issued::ShownOnce;

use crate::Partner;

pub(crate) fn routes() -> Routes<Partner> {
    Routes::new()
        .get("/console", Access::SignedIn, start)
        .get("/console/sign-in", Access::Public, sign_in::form)
        .post("/console/sign-in", Access::Public, sign_in::submit)
        .post("/console/sign-out", Access::SignedIn, sign_out::sign_out)
        .get("/console/connections", Access::SignedIn, connections::list)
        .get(
            "/console/connections/{id}",
            Access::SignedIn,
            connection::detail,
        )
        .get(
            "/console/connections/{id}/disconnect",
            Access::SignedIn,
            disconnect::form,
        )
        .post(
            "/console/connections/{id}/disconnect",
            Access::SignedIn,
            disconnect::submit,
        )
        .get("/console/inquiries", Access::SignedIn, inquiries::list)
        .post(
            "/console/inquiries/{id}",
            Access::SignedIn,
            inquiries::answer,
        )
        .get("/console/codes", Access::SignedIn, codes::list)
        .post("/console/codes", Access::SignedIn, codes::issue)
        .get("/console/codes/{id}", Access::SignedIn, issued::issued)
        .post(
            "/console/codes/{id}/revoke",
            Access::SignedIn,
            codes::revoke,
        )
}

async fn start(_: signed_in::SignedIn) -> Redirect {
    Redirect::to("/console/connections")
}
