//! The landing page: from the platform's link to the connection, one step after the other.

mod asked;
mod cancel;
mod choose_language;
mod code;
mod company;
mod confirm;
mod contact;
mod done;
mod exchange;
mod refused;
mod resume;
mod sign_in;
mod sign_up;
mod start;
mod stop;
mod visit;

use web::{Access, Routes};

pub(crate) use choose_language::Chosen;

use crate::Partner;

pub(crate) fn routes() -> Routes<Partner> {
    Routes::new()
        .get("/connect/{slug}", Access::Public, start::start)
        .get("/connect/{slug}/sign-in", Access::Flow, visit::first_page)
        .post("/connect/{slug}/sign-in", Access::Flow, sign_in::sign_in)
        .get("/connect/{slug}/sign-up", Access::Flow, sign_up::form)
        .post("/connect/{slug}/sign-up", Access::Flow, sign_up::submit)
        .get(
            "/connect/{slug}/sign-up/step/{number}",
            Access::Flow,
            asked::form,
        )
        .post(
            "/connect/{slug}/sign-up/step/{number}",
            Access::Flow,
            asked::submit,
        )
        .get("/connect/{slug}/resume", Access::Public, resume::form)
        .post("/connect/{slug}/resume", Access::Public, resume::submit)
        .get(
            "/connect/{slug}/sign-up/company",
            Access::Flow,
            company::form,
        )
        .post(
            "/connect/{slug}/sign-up/company",
            Access::Flow,
            company::submit,
        )
        .get("/connect/{slug}/code", Access::Flow, visit::first_page)
        .post("/connect/{slug}/code", Access::Flow, code::submit)
        .get("/connect/{slug}/confirm", Access::Flow, confirm::form)
        .post("/connect/{slug}/confirm", Access::Flow, confirm::submit)
        .post("/connect/{slug}/cancel", Access::Flow, cancel::cancel)
        .get(
            "/connect/{slug}/cancelled",
            Access::Public,
            cancel::cancelled,
        )
        .post(
            "/connect/{slug}/language",
            Access::Public,
            choose_language::choose,
        )
        .get("/connect/{slug}/done", Access::Flow, done::done)
        .get("/connect/{slug}/refused", Access::Flow, refused::refused)
        .get("/connect/{slug}/contact", Access::Public, contact::form)
        .post("/connect/{slug}/contact", Access::Public, contact::submit)
        .get(
            "/connect/{slug}/contact/thanks",
            Access::Public,
            contact::thanks,
        )
}
