//! What a request to the authorization endpoint asks for, once it is known who asks.

use protocol::{
    AuthorizationError, AuthorizationResponse, CodeChallenge, Form, OFFLINE_ACCESS, PrincipalType,
    Prompt, ScopeSet, Timestamp, narrow,
};
use store::{AUTHORIZATION_REQUEST_LIFETIME, AuthorizationRequest, RegisteredApp};

/// All are shown the same page, which fits every window (OpenID Connect Core §3.1.2.1).
pub const DISPLAYS: [&str; 4] = ["page", "popup", "touch", "wap"];

/// Longer, and an address would no longer pass every proxy. In bytes.
const LONGEST: [(&str, usize, &str); 3] = [
    ("state", 2_048, "state is longer than 2048 bytes."),
    ("nonce", 512, "nonce is longer than 512 bytes."),
    ("scope", 2_048, "scope is longer than 2048 bytes."),
];

/// Judges the parameters, in the order in which a developer would mend them.
pub fn read(
    form: &Form,
    client: &RegisteredApp,
    back: AuthorizationResponse<'_>,
    now: Timestamp,
) -> Result<AuthorizationRequest, AuthorizationError> {
    for (name, longest, description) in LONGEST {
        if form.get(name).is_some_and(|value| value.len() > longest) {
            return Err(AuthorizationError::invalid_request(description));
        }
    }
    kind_of_answer(form)?;
    let may = client.grants.contains("authorization_code")
        && client.principal_type == PrincipalType::User;
    if !may {
        return Err(AuthorizationError::GRANT_NOT_ALLOWED);
    }
    let asked = form.get("scope");
    let scopes = narrow(&client.scopes, asked).ok_or(AuthorizationError::SCOPE_EXCEEDS_GRANT)?;
    let offline = ScopeSet::parse(asked.unwrap_or_default()).contains(OFFLINE_ACCESS);
    let display = form.get("display").unwrap_or("page");
    if !DISPLAYS.contains(&display) {
        return Err(AuthorizationError::DISPLAY_INVALID);
    }
    let prompt = Prompt::parse(form.get("prompt").unwrap_or_default());
    let login_hint = form.get("login_hint").filter(|hint| hint.len() <= 200);
    Ok(AuthorizationRequest {
        app: client.client_id,
        redirect_uri: back.redirect_uri.to_owned(),
        redirect_uri_given: form.get("redirect_uri").is_some(),
        issuer: back.issuer.clone(),
        state: back.state.map(str::to_owned),
        scope: scopes.to_string(),
        offline,
        prompt: prompt.ok_or(AuthorizationError::PROMPT_INVALID)?,
        max_age: max_age(form)?,
        login_hint: login_hint.map(str::to_owned),
        nonce: form.get("nonce").map(str::to_owned),
        code_challenge: code_challenge(form, client)?,
        expires_at: now + AUTHORIZATION_REQUEST_LIFETIME,
        session: None,
    })
}

/// A code, in the query: there is nothing else.
fn kind_of_answer(form: &Form) -> Result<(), AuthorizationError> {
    match form.get("response_type") {
        None => {
            return Err(AuthorizationError::invalid_request(
                "response_type was not supplied.",
            ));
        }
        Some("code") => {}
        Some(_) => return Err(AuthorizationError::UNSUPPORTED_RESPONSE_TYPE),
    }
    if form
        .get("response_mode")
        .is_some_and(|mode| mode != "query")
    {
        return Err(AuthorizationError::invalid_request(
            "response_mode must be query.",
        ));
    }
    if form.has("request") {
        return Err(AuthorizationError::REQUEST_NOT_SUPPORTED);
    }
    if form.has("request_uri") {
        return Err(AuthorizationError::REQUEST_URI_NOT_SUPPORTED);
    }
    Ok(())
}

fn max_age(form: &Form) -> Result<Option<u32>, AuthorizationError> {
    let text = form.get("max_age");
    text.map(|text| {
        text.parse().map_err(|_| {
            AuthorizationError::invalid_request("max_age must be a number of seconds.")
        })
    })
    .transpose()
}

/// S256 alone; left out, the method would be `plain` (RFC 7636 §4.3).
fn code_challenge(
    form: &Form,
    client: &RegisteredApp,
) -> Result<Option<CodeChallenge>, AuthorizationError> {
    let refuse = |why| Err(AuthorizationError::invalid_request(why));
    match (
        form.get("code_challenge"),
        form.get("code_challenge_method"),
    ) {
        (None, None) if !client.require_pkce => Ok(None),
        (None, _) => refuse("code_challenge was not supplied."),
        (Some(text), Some("S256")) => match CodeChallenge::parse(text) {
            None => refuse("code_challenge must be 43 characters of base64url."),
            challenge => Ok(challenge),
        },
        (Some(_), _) => refuse("code_challenge_method must be S256."),
    }
}
