//! What an operator fills an empty platform with before anybody can sign in.

use serde_json::Value;

use crate::deployment::Deployment;

/// What a command prints with `--json`.
#[track_caller]
pub fn json(deployment: &Deployment, arguments: &[&str]) -> Value {
    let output = deployment.run(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
pub fn text(value: &Value, field: &str) -> String {
    let text = value[field].as_str();
    text.unwrap_or_else(|| panic!("no {field} in {value}"))
        .to_owned()
}

/// An administrator of the one company that there is.
pub struct Administrator {
    pub company: String,
    pub login: &'static str,
    pub password: String,
}

/// Adds a company and its administrator.
pub fn administrator(deployment: &Deployment) -> Administrator {
    let place = ["--data-center", "us2", "--internet-domain", "a.example"];
    let company = ["company", "create", "--name", "A", "--json"];
    let company = text(&json(deployment, &[&company[..], &place].concat()), "id");
    let login = "maren@a.example";
    let name = ["--given-name", "Maren", "--family-name", "Holt"];
    let user = ["user", "create", "--company", &company, "--login", login];
    let admin = ["--web-services-admin", "--json"];
    let user = json(deployment, &[&user[..], &name, &admin].concat());
    Administrator {
        company,
        login,
        password: text(&user, "password"),
    }
}

/// The hidden field of a page's forms.
pub fn hidden(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}
