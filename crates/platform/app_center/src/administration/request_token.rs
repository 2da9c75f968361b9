use askama::Template;
use axum::extract::State as Context;
use axum::response::{IntoResponse, Response};
use db::Tx;
use http::StatusCode;
use protocol::{AppId, CompanyId, Principal, PrincipalType, RequestTokenValue, UserId};
use store::audit::{self, Action, Actor, Change, Event};
use store::minting::{self, Mint};
use store::{RegisteredApp, apps};
use web::{CorrelationId, Layout, PageError, PageQuery};

use super::REQUEST_TOKENS;
use super::administrator::{Administrator, PostedByAdministrator, by};
use crate::field_error::FieldError;
use crate::visitor::Visitor;
use crate::{State, confirm_password, frame, history};

/// How many of the latest tokens are listed.
const LISTED: i64 = 10;

#[derive(Template)]
#[template(path = "administration/request_token.html")]
struct RequestTokenPage {
    layout: Layout,
    company: String,
    /// As it was sent.
    app_id: String,
    errors: Vec<FieldError>,
    made: Option<Made>,
    explained: Explained,
    lately: Vec<Line>,
}

/// A token that has just been made. It stands in this one answer and nowhere else.
struct Made {
    app: String,
    company_id: String,
    token: String,
}

/// What the five points are filled with.
struct Explained {
    curl: String,
    answer: String,
    access_minutes: String,
    refresh_days: String,
}

struct Line {
    app: String,
    client_id: String,
    client_tail: String,
    by: String,
    at: String,
    at_iso: String,
}

pub async fn show(
    Context(state): Context<State>,
    Administrator(visitor): Administrator,
    PageQuery(query): PageQuery,
) -> Result<Response, PageError> {
    let app_id = query.get("app_id").unwrap_or_default();
    let page = page(&state, &visitor, app_id, Outcome::Asked).await?;
    Ok(web::page(&page))
}

enum Outcome {
    Asked,
    Refused(String),
    Made(Made),
}

/// Makes a token, and answers with it. Nothing leads back to the answer: it is kept by nobody, and
/// a browser that is told to reload it asks before it sends the form again, which makes a new token
/// (OA-73).
pub async fn submit(
    Context(state): Context<State>,
    correlation: CorrelationId,
    PostedByAdministrator { visitor, form }: PostedByAdministrator,
) -> Result<Response, PageError> {
    let sent = form.get("app_id").unwrap_or_default().trim();
    let mut tx = state.app.db.write_alone_within(visitor.company.id).await?;
    let client = match named(&mut tx, &visitor, sent).await? {
        Ok(client) => client,
        Err(why) => {
            drop(tx);
            let page = page(&state, &visitor, sent, Outcome::Refused(why)).await?;
            return Ok(web::page_with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page,
            ));
        }
    };
    let here = format!("{REQUEST_TOKENS}?app_id={}", client.client_id);
    if let Some(first) = confirm_password::needed(&visitor, &here) {
        return Ok(first.into_response());
    }
    let limited = state
        .request_tokens_by_user
        .check(&visitor.user.id.to_string());
    limited.map_err(|seconds| {
        let minutes = web::count(seconds.div_ceil(60), "minute");
        let told = format!("You have created many request tokens within an hour. Try again in {minutes}. None was created now.");
        PageError::too_many_requests(told, seconds)
    })?;
    let token = mint(&state, &mut tx, &visitor, (&client, &correlation)).await?;
    tx.commit().await?;
    let made = Made {
        app: client.name,
        company_id: visitor.company.id.to_string(),
        token: token.expose().to_owned(),
    };
    let page = page(&state, &visitor, sent, Outcome::Made(made)).await?;
    Ok(web::page(&page))
}

async fn mint(
    state: &State,
    tx: &mut Tx,
    visitor: &Visitor,
    (client, correlation): (&RegisteredApp, &CorrelationId),
) -> Result<RequestTokenValue, db::Error> {
    let company = visitor.company.id;
    let mint = Mint {
        principal: Principal::Company(company),
        client,
        user: visitor.user.id,
        attempt: None,
    };
    let token = minting::request_token(&state.app, tx, mint, visitor.now).await?;
    let change = Change {
        action: Action::RequestTokenMinted,
        company: Some(company),
        app: Some(client.client_id),
        subject: "",
    };
    let by = by(visitor, correlation).audited();
    audit::record(tx, &state.app.entropy, by, change).await?;
    Ok(token)
}

/// The app that an App ID names, or what is wrong with the field.
async fn named(
    tx: &mut Tx,
    visitor: &Visitor,
    sent: &str,
) -> Result<Result<RegisteredApp, String>, db::Error> {
    if sent.is_empty() {
        return Ok(Err(
            "Enter the App ID of the app that is to connect.".to_owned()
        ));
    }
    let Ok(id) = sent.parse::<AppId>() else {
        return Ok(Err("This is not a whole App ID. It has 36 characters, for example 8568a4cd-8ffc-49d6-9417-be2d69aa075f.".to_owned()));
    };
    let Some(client) = apps::find(tx, id).await? else {
        return Ok(Err(
            "There is no app with this App ID. Compare it with what the app's provider gave you."
                .to_owned(),
        ));
    };
    let company = (visitor.company.id, visitor.company.name.as_str());
    Ok(match objection(&client, company) {
        Some(why) => Err(why),
        None => Ok(client),
    })
}

/// Why an exchange of the token would be refused: said now, where it can be helped (OA-74).
fn objection(client: &RegisteredApp, (company, name): (CompanyId, &str)) -> Option<String> {
    let app = &client.name;
    if !client.may_connect_to(company) {
        // Whose it is, is nobody's business.
        return Some(format!(
            "{name} is not among the companies to which the app with this App ID may connect. Ask the app's provider whether it is the right one."
        ));
    }
    if !client.enabled {
        return Some(format!(
            "{app} is switched off, so it could not use the token. It has to be enabled first."
        ));
    }
    if client.principal_type == PrincipalType::User {
        return Some(format!(
            "{app} connects people, not companies. Each person connects it for himself or herself."
        ));
    }
    if !client.grants.contains("password") {
        return Some(format!(
            "{app} lacks the grant password, so it could not exchange the token. The grant has to be added first."
        ));
    }
    None
}

async fn page(
    state: &State,
    visitor: &Visitor,
    app_id: &str,
    outcome: Outcome,
) -> Result<RequestTokenPage, PageError> {
    let mut tx = state.app.db.read_within(visitor.company.id).await?;
    let lately = lately(&mut tx, visitor).await?;
    drop(tx);
    let (title, errors, made) = match outcome {
        Outcome::Asked => ("Company Request Token", Vec::new(), None),
        Outcome::Made(made) => ("Company Request Token created", Vec::new(), Some(made)),
        Outcome::Refused(text) => {
            let field = "app_id";
            (
                "Error: Company Request Token",
                vec![FieldError { field, text }],
                None,
            )
        }
    };
    let for_app = made.as_ref().map(|_| app_id);
    Ok(RequestTokenPage {
        layout: frame::layout_for(state, visitor, title, "Administration"),
        company: visitor.company.name.clone(),
        app_id: app_id.to_owned(),
        errors,
        made,
        explained: Explained::new(state, visitor, for_app),
        lately,
    })
}

async fn lately(tx: &mut Tx, visitor: &Visitor) -> Result<Vec<Line>, db::Error> {
    let company = visitor.company.id;
    let mut lines = Vec::new();
    for event in audit::newest(tx, company, Action::RequestTokenMinted, LISTED).await? {
        let Event { actor, app, at, .. } = event;
        let (Actor::User(user), Some(client)) = (actor, app) else {
            continue;
        };
        let app = apps::find(tx, client).await?;
        let at = protocol::Timestamp::from_micros(at);
        lines.push(Line {
            app: app.map_or_else(String::new, |app| app.name),
            client_id: client.to_string(),
            client_tail: client.tail(),
            by: name(tx, visitor, user).await?,
            at: web::date_time(at),
            at_iso: web::iso_time(at),
        });
    }
    Ok(lines)
}

async fn name(tx: &mut Tx, visitor: &Visitor, user: UserId) -> Result<String, db::Error> {
    match user == visitor.user.id {
        true => Ok("You".to_owned()),
        false => history::name(tx, visitor.company.id, user).await,
    }
}

impl Explained {
    /// The exchange of CF-20 at this deployment's landing zone. The two secrets are left for whoever
    /// holds them.
    fn new(state: &State, visitor: &Visitor, app_id: Option<&str>) -> Explained {
        let settings = &state.app.settings;
        let token = settings
            .data_centers
            .landing_zone
            .base_uri
            .join("/oauth2/v0/token");
        let client = app_id.unwrap_or("APP_ID");
        let company = visitor.company.id;
        let home = settings.data_centers.by_name(&visitor.company.data_center);
        let geolocation = home.map_or("", |center| center.base_uri.as_str());
        let seconds = settings.access_token_lifetime.as_secs();
        let answer = format!(
            "{{\n  \"expires_in\": {seconds},\n  \"scope\": \"…\",\n  \"token_type\": \"Bearer\",\n  \"access_token\": \"…\",\n  \"refresh_token\": \"…\",\n  \"refresh_expires_in\": …,\n  \"id_token\": \"…\",\n  \"geolocation\": \"{geolocation}\"\n}}"
        );
        Explained {
            curl: format!(
                "curl {token} \\\n  -d client_id={client} \\\n  -d client_secret=CLIENT_SECRET \\\n  -d grant_type=password \\\n  -d username={company} \\\n  -d password=COMPANY_REQUEST_TOKEN \\\n  -d credtype=authtoken"
            ),
            answer,
            access_minutes: web::count(seconds / 60, "minute"),
            refresh_days: web::count(settings.refresh_token_lifetime.as_secs() / 86_400, "day"),
        }
    }
}

impl RequestTokenPage {
    fn app_id_error(&self) -> &str {
        self.errors.first().map_or("", |error| &error.text)
    }
}
