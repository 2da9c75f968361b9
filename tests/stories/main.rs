//! Stories across lanes: each test is an actor, a request, an answer.

mod bad_input;
mod company_data;
mod data_centers;
mod exchange;
mod refresh;
mod token_errors;
