use protocol::Origin;
use store::users;
use web::{PageError, initials};

use crate::State;

/// The people of a demonstration, each offered with one button. Nobody, elsewhere.
pub struct DemoSignIns {
    /// Where the buttons post to, with which hidden field.
    pub action: &'static str,
    pub carried: (&'static str, String),
    pub csrf: String,
    pub people: Vec<DemoSignIn>,
    /// Where a demo shows its mails.
    pub outbox: Option<String>,
}

pub struct DemoSignIn {
    pub login: String,
    pub password: String,
    pub name: String,
    pub role: String,
    pub initials: String,
}

impl DemoSignIns {
    pub async fn load(
        state: &State,
        action: &'static str,
        (name, value): (&'static str, &str),
        csrf: String,
    ) -> Result<DemoSignIns, PageError> {
        let outbox = &state.app.settings.demo_outbox;
        Ok(DemoSignIns {
            action,
            carried: (name, value.to_owned()),
            csrf,
            people: people(state).await?,
            outbox: outbox.as_ref().map(Origin::to_string),
        })
    }
}

async fn people(state: &State) -> Result<Vec<DemoSignIn>, PageError> {
    let offered = &state.app.settings.demo_sign_ins;
    if offered.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = state.app.db.read().await?;
    let mut shown = Vec::new();
    for (login, password) in offered {
        let Some(user) = users::find_by_login(&mut tx, login).await? else {
            continue;
        };
        let company = store::companies::find(&mut tx, user.company).await?;
        let company = company.map_or_else(String::new, |company| company.name);
        shown.push(DemoSignIn {
            login: login.clone(),
            password: password.clone(),
            initials: initials(&user.full_name()),
            name: user.full_name(),
            role: if user.web_services_admin {
                format!("Administrator, {company}")
            } else {
                format!("Employee, {company}: may look, not connect")
            },
        });
    }
    Ok(shown)
}
