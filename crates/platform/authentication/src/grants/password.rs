//! `grant_type=password` with `credtype=password`, or without (OA-20): a person's own login and
//! password become a connection of that person. Off unless the operator switches it on.

use std::time::Duration;

use db::Tx;
use protocol::{
    ErrorCode, MINUTE, Principal, RequestTokenValue, TokenAnswer, TokenHash, UserId, narrow,
};
use store::{User, password_attempts, users};
use web::description::Fields;

use super::connect::Connecting;
use crate::answer::{Granted, token_answer};
use crate::described::{SCOPE, client_form};
use crate::refusal::Refusal;
use crate::token::TokenRequest;

/// So many attempts at one account, and it is locked for the rest of this time (code 14).
const ATTEMPTS: i64 = 10;
const ATTEMPTS_PERIOD: Duration = Duration::from_secs(15 * MINUTE.as_secs());

pub async fn token(request: &TokenRequest<'_>, mut tx: Tx) -> Result<TokenAnswer, Refusal> {
    let username = request.form.get("username");
    let username = username.ok_or(ErrorCode::UsernameMissing)?;
    let password = request.form.get("password");
    let password = password.ok_or(ErrorCode::PasswordMissing)?;

    let found = find(&mut tx, username).await?;
    drop(tx);
    let account = account(username, found.as_ref());
    count(request, &account).await?;
    let stored = found.as_ref().map(|user| user.password_hash.clone());
    let right = web::password::verify(password.to_owned().into(), stored).await;
    let user = found.filter(|_| right);
    let user = user.ok_or(ErrorCode::IncorrectCredentials)?;
    // Only whoever knows the password learns that the account is there.
    if !user.enabled {
        return Err(ErrorCode::AccountDisabled.into());
    }

    let principal = Principal::User(user.company, user.id);
    let mut tx = request.app.db.write_within(user.company).await?;
    let request = &request.anew(&mut tx).await?;
    let company = request.check_principal(&mut tx, principal).await?;
    let asked = request.form.get("scope");
    let scopes = narrow(&request.client.scopes, asked).ok_or(ErrorCode::ScopeExceedsGrant)?;
    // Nothing that was presented leads to the same tokens again: a lost answer is asked for anew.
    let parent = RequestTokenValue::mint(request.app.entropy.bytes());
    let connecting = Connecting {
        principal,
        user: user.id,
        scopes: &scopes,
        parent: parent.expose(),
    };
    let (refresh_token, refresh_value) = connecting.connect(request, &mut tx).await?;
    password_attempts::clear(&mut tx, &account).await?;
    tx.commit().await?;
    let granted = Granted {
        company,
        principal,
        scopes,
        refresh_token,
        refresh_value,
    };
    token_answer(request, &granted)
}

/// By login, or by id.
async fn find(tx: &mut Tx, username: &str) -> Result<Option<User>, Refusal> {
    Ok(match username.parse::<UserId>() {
        Ok(id) => users::find_by_id(tx, id).await?,
        Err(_) => users::find_by_login(tx, username).await?,
    })
}

/// Under what attempts are counted: an account however it is named, and names that are no account
/// too, so that being locked tells nothing about whether there is one (S10).
fn account(username: &str, found: Option<&User>) -> TokenHash {
    match found {
        Some(user) => TokenHash::of(&format!("user {}", user.id)),
        None => TokenHash::of(&format!("name {}", username.trim().to_lowercase())),
    }
}

/// Counts the attempt, durably, before the password is looked at; 14 when there were too many. One
/// statement counts: whoever tries another account waits for nobody.
async fn count(request: &TokenRequest<'_>, account: &TokenHash) -> Result<(), Refusal> {
    let scope = format!("attempts {:x?}", account.as_bytes());
    let mut tx = request.app.db.write_for(scope).await?;
    let attempts = password_attempts::count(&mut tx, account, ATTEMPTS_PERIOD, request.now).await?;
    tx.commit().await?;
    if attempts > ATTEMPTS {
        return Err(ErrorCode::AccountLocked.into());
    }
    Ok(())
}

pub fn form() -> Fields {
    client_form("A person's own password; only where the operator has switched it on")
        .exactly("grant_type", "password")
        .by_default("credtype", "password")
        .required("username", "Login or id.")
        .required("password", "The person's password.")
        .optional("scope", SCOPE)
}
