//! The console of the partner's staff: connections and when they expire, what was done with them,
//! inquiries, verification codes, API keys, and the audit log.

mod activity;
mod audit;
mod codes;
mod confirm;
mod connection;
mod connections;
mod delete;
mod disconnect;
mod expiries;
mod export;
mod fields;
mod inquiries;
mod issued;
mod keys;
mod paging;
mod reports;
mod sign_in;
mod sign_out;
mod signed_in;
mod usage;

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
        .get(
            "/console/connections/{id}/delete",
            Access::SignedIn,
            delete::form,
        )
        .post(
            "/console/connections/{id}/delete",
            Access::SignedIn,
            delete::submit,
        )
        .post(
            "/console/connections/{id}/export",
            Access::SignedIn,
            export::export,
        )
        .get("/console/expiries", Access::SignedIn, expiries::calendar)
        .get("/console/activity", Access::SignedIn, activity::activity)
        .get("/console/audit", Access::SignedIn, audit::log)
        .get("/console/keys", Access::SignedIn, keys::list)
        .post("/console/keys", Access::SignedIn, keys::issue)
        .get("/console/keys/{id}", Access::SignedIn, issued::key)
        .get(
            "/console/keys/{id}/{key}/revoke",
            Access::SignedIn,
            keys::revoke_form,
        )
        .post(
            "/console/keys/{id}/{key}/revoke",
            Access::SignedIn,
            keys::revoke,
        )
        .get("/console/inquiries", Access::SignedIn, inquiries::list)
        .post(
            "/console/inquiries/{id}",
            Access::SignedIn,
            inquiries::answer,
        )
        .get("/console/codes", Access::SignedIn, codes::list)
        .post("/console/codes", Access::SignedIn, codes::issue)
        .get("/console/codes/{id}", Access::SignedIn, issued::code)
        .post(
            "/console/codes/{id}/revoke",
            Access::SignedIn,
            codes::revoke,
        )
}

async fn start(_: signed_in::SignedIn) -> Redirect {
    Redirect::to("/console/connections")
}
