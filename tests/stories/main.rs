//! Stories across lanes: each test is an actor, a request, an answer.

mod actors;
mod app_secrets;
mod bad_input;
mod browser_enterprise;
mod browser_user;
mod browser_verification;
mod company_data;
mod data_centers;
mod every_endpoint;
mod exchange;
mod keys;
mod refresh;
mod token_errors;
