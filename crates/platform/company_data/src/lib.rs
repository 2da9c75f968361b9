//! The company data APIs: what a company-level token opens, and nothing of any other company.

mod bearer;
mod expense_reports;
mod profile;
mod refusal;
mod report_filter;
mod report_schema;

use web::{Access, Routes};

/// The APIs, the same on the origin of every data centre.
pub fn routes() -> Routes<store::App> {
    Routes::new()
        .get("/profile/v1/me", Access::Bearer, profile::me)
        .described(profile::describe)
        .get(
            "/api/v3.0/expense/reports",
            Access::Bearer,
            expense_reports::list,
        )
        .described(expense_reports::describe_list)
        .get(
            "/api/v3.0/expense/reports/{id}",
            Access::Bearer,
            expense_reports::one,
        )
        .described(expense_reports::describe_one)
}
