use clap::Args;
use protocol::{AppId, CompanyId, Principal, PrincipalType, RequestTokenAnswer, UserId};
use store::audit::{self, Action, Change};
use store::{User, apps, companies, minting, users};

use crate::Failure;
use crate::opened::{self, Deployment, operator};

/// Make a request token for a company and an app, and print it as JSON
///
/// For an operator's helpdesk, where a customer cannot click Connect, and for tests. The token is
/// good for 24 hours and is shown only here.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    deployment: Deployment,
    /// The company's id
    #[arg(long, value_name = "ID")]
    company: CompanyId,
    /// The app's client id
    #[arg(long, value_name = "CLIENT_ID")]
    app: AppId,
    /// The user on whose behalf; left out, the company's first administrator. For an app that
    /// connects users, the user who is connected
    #[arg(long, value_name = "ID")]
    user: Option<UserId>,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.deployment).await?;
    let mut tx = app.db.write().await?;
    let company = companies::find(&mut tx, arguments.company).await?;
    let company = company.ok_or_else(|| format!("no company has the id {}", arguments.company))?;
    let client = apps::find(&mut tx, arguments.app).await?;
    let client = client.ok_or_else(|| format!("no app has the client id {}", arguments.app))?;
    let people = users::all(&mut tx, company.id).await?;
    let user = pick(&people, arguments.user)
        .ok_or_else(|| format!("{} has no such user", company.name))?;
    if !client.may_connect_to(company.id) {
        eprintln!(
            "quickconnect: {} may not connect to {}: code 53 awaits it",
            client.name, company.name
        );
    }
    let principal = match client.principal_type {
        PrincipalType::User => Principal::User(company.id, user.id),
        _ => Principal::Company(company.id),
    };
    let mint = minting::Mint {
        principal,
        client: &client,
        user: user.id,
        attempt: None,
    };
    let by = operator(&app);
    let token = minting::request_token(&app, &mut tx, mint, by.now).await?;
    let change = Change {
        action: Action::RequestTokenMinted,
        company: Some(company.id),
        app: Some(client.client_id),
        subject: &user.id.to_string(),
    };
    audit::record(&mut tx, &app.entropy, by, change).await?;
    tx.commit().await?;

    let answer = RequestTokenAnswer {
        id: principal.id(),
        request_token: token.expose().to_owned(),
        user_id: user.id,
    };
    println!("{}", serde_json::to_string(&answer)?);
    Ok(())
}

fn pick(people: &[User], wanted: Option<UserId>) -> Option<&User> {
    match wanted {
        Some(id) => people.iter().find(|user| user.id == id),
        None => people
            .iter()
            .find(|user| user.web_services_admin)
            .or_else(|| people.first()),
    }
}
