//! The table of all routes, with who may call each. A route that is not in it fails here, and so
//! does one whose guard lets the wrong person through.

use testkit::House;
use web::{Access, Endpoint};

const API: &str = "
POST   Client        /oauth2/v0/token
GET    Public        /oauth2/v0/jwks
DELETE Bearer        /app-mgmt/v0/connections
GET    Bearer        /profile/v1/me
GET    Bearer        /api/v3.0/expense/reports
GET    Bearer        /api/v3.0/expense/reports/{id}
";

fn table(endpoints: &[Endpoint]) -> Vec<String> {
    let line = |endpoint: &Endpoint| {
        let access = format!("{:?}", endpoint.access);
        format!("{:<6} {access:<13} {}", endpoint.method, endpoint.path)
    };
    let mut lines: Vec<String> = endpoints.iter().map(line).collect();
    lines.sort();
    lines
}

fn expected(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.trim().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}
