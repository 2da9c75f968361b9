//! `grant_type=otp` (reference §3.4): a one-time password from a mail becomes a connection of the
//! person who has read it.

use db::Tx;
use protocol::{ErrorCode, OneTimePassword, Principal, TokenAnswer, narrow};
use store::one_time_passwords;
use web::description::Fields;

use super::connect::Connecting;
use crate::answer::{Granted, token_answer};
use crate::described::{SCOPE, client_form};
use crate::otp::{Channel, parameters_hash};
use crate::refusal::Refusal;
use crate::token::TokenRequest;

pub async fn token(request: &TokenRequest<'_>, read: Tx) -> Result<TokenAnswer, Refusal> {
    drop(read);
    let presented = request.form.get("otp").ok_or(ErrorCode::OtpMissing)?;
    let handle = Channel::read(request.form)?.hash(request.app);
    let (client, now) = (request.client.client_id, request.now);

    let mut tx = request.app.db.write().await?;
    let request = &request.anew(&mut tx).await?;
    let otp = OneTimePassword::parse(presented);
    let stored = match &otp {
        Some(otp) => one_time_passwords::find(&mut tx, client, handle, otp.hash()).await?,
        None => None,
    };
    let (Some(otp), Some(stored)) = (otp, stored) else {
        // 85 while there is something to guess, known address or not; 83 when there is not.
        let open = one_time_passwords::count_attempt(&mut tx, client, &handle, now).await?;
        tx.commit().await?;
        let refusal = match open {
            0 => ErrorCode::OtpNotFound,
            _ => ErrorCode::WrongOtp,
        };
        return Err(refusal.into());
    };
    let (company, user) = stored.good_for(now).ok_or(ErrorCode::OtpNotFound)?;
    if !parameters_hash(request.app, request.form).matches(&stored.parameters) {
        one_time_passwords::count_attempt(&mut tx, client, &handle, now).await?;
        tx.commit().await?;
        return Err(ErrorCode::FactsDiffer.into());
    }
    // Whatever is refused from here on uses nothing up.
    let principal = Principal::User(company, user);
    let company = request.check_principal(&mut tx, principal).await?;
    let asked = request.form.get("scope");
    let scopes = narrow(&request.client.scopes, asked).ok_or(ErrorCode::ScopeExceedsGrant)?;
    if !one_time_passwords::take(&mut tx, &stored.hash, now).await? {
        return Err(ErrorCode::OtpNotFound.into());
    }
    let connecting = Connecting {
        principal,
        user,
        scopes: &scopes,
        parent: otp.expose(),
    };
    let (refresh_token, refresh_value) = connecting.connect(request, &mut tx).await?;
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

pub fn form() -> Fields {
    client_form(
        "A one-time password from a mail becomes a connection of the person who has read it",
    )
    .exactly("grant_type", "otp")
    .exactly("channel_type", "email")
    .required("channel_handle", "The address that was mailed.")
    .required("otp", "What the mail brought.")
    .optional("scope", SCOPE)
}
