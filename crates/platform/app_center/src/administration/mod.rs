//! Authentication Administration: the tools of a company's administrators (reference §3.8, §3.9).
//!
//! Everything here takes the Web Services Admin permission, which [`administrator`] checks for every
//! page and every form alike.

mod administrator;
mod application;
mod application_form;
mod application_list;
mod change_application;
mod home;
mod new_application;
mod owned;
mod request_token;
mod secret;
mod secrets;
mod switch_application;

use axum::response::Redirect;
use web::{Access, Routes};

use crate::State;
use crate::visitor::Visitor;

const REQUEST_TOKENS: &str = "/administration/request-tokens";
const APPS: &str = "/administration/apps";

pub fn routes() -> Routes<State> {
    let administrator = Access::Administrator;
    tools()
        .get(APPS, administrator, application_list::show)
        .post(APPS, administrator, new_application::submit)
        .get(
            "/administration/apps/new",
            administrator,
            new_application::show,
        )
        .get(
            "/administration/apps/{id}",
            administrator,
            application::show,
        )
        .get(
            "/administration/apps/{id}/edit",
            administrator,
            change_application::show,
        )
        .post(
            "/administration/apps/{id}/edit",
            administrator,
            change_application::submit,
        )
        .get(
            "/administration/apps/{id}/switch",
            administrator,
            switch_application::show,
        )
        .post(
            "/administration/apps/{id}/switch",
            administrator,
            switch_application::submit,
        )
        .get(
            "/administration/apps/{id}/secrets",
            administrator,
            secrets::show,
        )
        .post(
            "/administration/apps/{id}/secrets",
            administrator,
            secrets::submit,
        )
        .get(
            "/administration/apps/{id}/secrets/{secret}",
            administrator,
            secret::show,
        )
        .post(
            "/administration/apps/{id}/secrets/{secret}",
            administrator,
            secret::submit,
        )
}

fn tools() -> Routes<State> {
    Routes::new()
        .get("/administration", Access::Administrator, home::show)
        .get(REQUEST_TOKENS, Access::Administrator, request_token::show)
        .post(REQUEST_TOKENS, Access::Administrator, request_token::submit)
        // Where the reference documents the tools.
        .get(
            "/nui/authadmin/companytokens",
            Access::SignedIn,
            to_request_tokens,
        )
        .get("/nui/ocstool", Access::SignedIn, to_apps)
}

async fn to_request_tokens(_: Visitor) -> Redirect {
    Redirect::to(REQUEST_TOKENS)
}

async fn to_apps(_: Visitor) -> Redirect {
    Redirect::to(APPS)
}
