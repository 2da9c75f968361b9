//! Stories across lanes: each test is an actor, a request, an answer.

mod actors;
mod app_secrets;
mod app_tokens;
mod audit;
mod bad_input;
mod browser_enterprise;
mod browser_user;
mod browser_verification;
mod clients;
mod company_data;
mod data_centers;
mod discovery;
mod every_endpoint;
mod exchange;
mod forged_tokens;
mod housekeeping;
mod introspection;
mod keys;
mod limits;
mod one_time_password_errors;
mod one_time_passwords;
mod refresh;
mod revocation;
mod standing;
mod token_errors;
mod user_passwords;
