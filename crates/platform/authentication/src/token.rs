//! `POST /oauth2/v0/token`: what happens for every grant, in order.

use ambient::Failpoint;
use axum::Json;
use axum::extract::State as Context;
use axum::response::{IntoResponse, Response};
use db::Tx;
use http::StatusCode;
use protocol::{DataCenter, ErrorCode, Form, Principal, Timestamp, TokenAnswer};
use store::{App, Company, RegisteredApp, companies, users};
use utoipa::openapi::{OneOfBuilder, Schema};
use web::{CorrelationId, Description};

use crate::State;
use crate::asked::Asked;
use crate::client_authentication::ClientCredentials;
use crate::described::{TOKENS, refuses_clients};
use crate::grants::Grant;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// What a grant is given, once everything that all grants share has been checked, with the
/// transaction in which that was read.
pub struct TokenRequest<'a> {
    pub app: &'a App,
    pub limits: &'a Limits,
    /// The data centre that was asked.
    pub center: &'a DataCenter,
    pub client: RegisteredApp,
    pub form: &'a Form,
    pub correlation: &'a CorrelationId,
    pub now: Timestamp,
    credentials: &'a ClientCredentials,
    grant: Grant,
}

pub async fn post(Context(state): Context<State>, asked: Asked) -> Response {
    Failpoint::TokenRead.reached();
    let answer = answer(&state, &asked).await;
    Failpoint::TokenSigned.reached();
    let response = asked.respond(&state, answer.map(|answer| Json(answer).into_response()));
    Failpoint::TokenAnswered.reached();
    response
}

async fn answer(state: &State, asked: &Asked) -> Result<TokenAnswer, Refusal> {
    let form = asked.form(state)?;
    let credentials = asked.credentials(&form)?;
    let grant_type = form.get("grant_type").ok_or(ErrorCode::GrantTypeMissing)?;
    let mut tx = state.app.db.read().await?;
    let client = asked.client(state, &credentials, &mut tx).await?;
    Failpoint::TokenClientKnown.reached();
    let grant = Grant::parse(grant_type, &form)?;
    grant.is_allowed_for(&client, &state.app.settings)?;
    let request = TokenRequest {
        app: &state.app,
        limits: &state.limits,
        center: asked.center(&state.app)?,
        client,
        form: &form,
        correlation: &asked.correlation,
        now: state.app.clock.now(),
        credentials: &credentials,
        grant,
    };
    grant.token(&request, tx).await
}

impl<'a> TokenRequest<'a> {
    /// The same in a write transaction: while its lock was waited for, the app, its secret and what
    /// it may do can have changed (S22).
    pub async fn anew(&self, tx: &mut Tx) -> Result<TokenRequest<'a>, Refusal> {
        let client = self.credentials.authenticate(self.app, tx).await?;
        self.grant.is_allowed_for(&client, &self.app.settings)?;
        Ok(TokenRequest { client, ..*self })
    }

    /// Every grant for a company or one of its users ends here: 53 when the app may not have the
    /// company, 123 when company or person is switched off, 16 when another data centre must be
    /// asked. The landing zone may be asked for all (reference §4.2). 429 when it asks too often.
    pub async fn check_principal(
        &self,
        tx: &mut Tx,
        principal: Principal,
    ) -> Result<Company, Refusal> {
        let company = companies::find(tx, principal.company()).await?;
        let company = company.ok_or(ErrorCode::PrincipalDisabled)?;
        if !self.client.may_connect_to(company.id) {
            return Err(ErrorCode::CompanyNotEnabled.into());
        }
        let person = match principal {
            Principal::Company(_) => true,
            Principal::User(company, user) => users::find(tx, company, user)
                .await?
                .is_some_and(|user| user.enabled),
        };
        if !company.enabled || !person {
            return Err(ErrorCode::PrincipalDisabled.into());
        }
        let centers = &self.app.settings.data_centers;
        let home = centers.by_name(&company.data_center).ok_or_else(|| {
            db::Error::Program(format!("no data centre is called {}", company.data_center))
        })?;
        if self.center.name != home.name && !centers.is_landing_zone(self.center) {
            return Err(Refusal::LivesElsewhere(home.base_uri.clone()));
        }
        self.limits.company(self.client.client_id, company.id)?;
        Ok(company)
    }
}

pub fn describe() -> Description {
    let mut description = Description::new(TOKENS, "token", "Get tokens").details(
        "Every answer is authoritative: overwrite the refresh token, its expiry and the \
         geolocation with what it holds. Fields that a grant does not know are ignored.",
    );
    let grants = Grant::forms().map(|(name, fields)| description.form_named(name, fields));
    let any = grants.fold(OneOfBuilder::new(), OneOfBuilder::item);
    refuses_clients(
        description
            .form(Schema::from(any.build()))
            .answers::<TokenAnswer>(StatusCode::OK, "The tokens."),
    )
}
