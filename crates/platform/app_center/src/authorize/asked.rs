use std::time::Duration;

use axum::response::Response;
use db::Tx;
use http::StatusCode;
use http::header::CONTENT_SECURITY_POLICY;
use protocol::{AuthorizationError, PrincipalType, ScopeSet, Timestamp, TokenHash};
use store::minting::{self, Granting};
use store::{
    App, AuthorizationRequest, BoundSession, RegisteredApp, Scope, apps, redirect_uris, scopes,
};
use web::{PageError, content_security_policy};

use crate::hand_over::hand_over;
use crate::visitor::Visitor;

/// A sealed request, opened, with the app as it stands now.
pub struct Asked {
    pub request: AuthorizationRequest,
    pub client: RegisteredApp,
    /// What was asked for, as far as the app may still have it.
    pub scopes: ScopeSet,
}

impl Asked {
    pub async fn load(
        tx: &mut Tx,
        app: &App,
        sealed: Option<&str>,
        now: Timestamp,
    ) -> Result<Asked, PageError> {
        let request = sealed.and_then(|sealed| AuthorizationRequest::open(app, sealed, now));
        let request = request.ok_or_else(cannot_go_on)?;
        let client = apps::find(tx, request.app).await?;
        let client = client.filter(|client| {
            client.enabled
                && client.principal_type == PrincipalType::User
                && client.grants.contains("authorization_code")
        });
        let client = client.ok_or_else(cannot_go_on)?;
        let registered = redirect_uris::all(tx, client.client_id).await?;
        if !registered.contains(&request.redirect_uri) {
            return Err(cannot_go_on());
        }
        Ok(Asked {
            scopes: request.scopes().intersection(&client.scopes),
            request,
            client,
        })
    }

    /// Whether a session is young enough for what the app wants: in one that began for this very
    /// request, always.
    pub fn accepts_sign_in(&self, visitor: &Visitor, session: &TokenHash) -> bool {
        let bound = self.request.session.as_ref();
        if bound.is_some_and(|bound| bound.began_here && bound.is(session)) {
            return true;
        }
        let age = visitor.now.since(visitor.authenticated_at);
        let young = |most: u32| age < Duration::from_secs(u64::from(most));
        !self.request.prompt.login && self.request.max_age.is_none_or(young)
    }

    /// Whether a form with this request was made for this session.
    pub fn belongs_to(&self, session: &TokenHash) -> bool {
        let bound = self.request.session.as_ref();
        bound.is_some_and(|bound| bound.is(session))
    }

    /// The request, sealed for a session. `began_here`: somebody signed in for it.
    pub fn seal_for(&self, app: &App, session: &TokenHash, began_here: bool) -> String {
        let bound = AuthorizationRequest {
            session: Some(BoundSession::new(session, began_here)),
            ..self.request.clone()
        };
        bound.seal(app)
    }

    /// What the app may do, a line for each scope, in the words for whom it concerns.
    pub async fn lines(&self, tx: &mut Tx) -> Result<Vec<String>, db::Error> {
        let described = scopes::describe(tx, &self.scopes).await?;
        let line = |scope: Scope| scope.user_description_self;
        Ok(described.into_iter().map(line).collect())
    }

    /// Back to the app, with a code.
    pub async fn grant(
        &self,
        app: &App,
        tx: &mut Tx,
        visitor: &Visitor,
    ) -> Result<Response, PageError> {
        let centers = &app.settings.data_centers;
        let home = centers.by_name(&visitor.company.data_center);
        let home = home.ok_or_else(|| PageError::internal(&"the company lives nowhere"))?;
        let granting = Granting {
            company: visitor.company.id,
            user: visitor.user.id,
            authenticated_at: visitor.authenticated_at,
            request: &self.request,
            scopes: self.scopes.clone(),
        };
        let code = minting::authorization_code(app, tx, granting, visitor.now).await?;
        let target = self.request.response().code(&home.base_uri, code.expose());
        Ok(hand_over(&target))
    }

    /// Back to the app, with a refusal.
    pub fn refuse(&self, error: &AuthorizationError) -> Response {
        hand_over(&self.request.response().error(error))
    }

    /// A page whose form ends at the app: browsers apply the page's policy for forms to the
    /// redirect that answers it.
    pub fn with_form(&self, mut page: Response) -> Response {
        let origins: Vec<_> = self.request.redirect_uri.parse().into_iter().collect();
        let policy = content_security_policy(&origins);
        page.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
        page
    }

    /// The host to which the browser goes back, for people to compare.
    pub fn returns_to(&self) -> String {
        let origin = self.request.redirect_uri.parse::<protocol::Origin>();
        origin.map_or_else(|_| String::new(), |origin| origin.authority().to_owned())
    }
}

fn cannot_go_on() -> PageError {
    PageError::new(
        StatusCode::BAD_REQUEST,
        "This sign-in cannot go on",
        "It was begun too long ago, its address was changed on the way, or the app may not ask for it any longer. Nothing was shared. Go back to the app and begin again.",
    )
}
