//! `POST /oauth2/v0/otp` (reference §3.4): somebody is mailed a one-time password for an app.
//!
//! What the app is told is the same whether somebody has the address or not (S10), code 16 and the
//! limit of open requests included: see [`Addressee`]. Whoever reads the mail decides what happens.

mod addressee;
mod channel;
mod letter;
mod mail_time;
mod words;

use std::time::Instant;

use axum::Json;
use axum::extract::State as Context;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use protocol::{ErrorCode, Form, OneTimePassword, Timestamp};
use serde_json::json;
use store::audit::{self, Action, Actor, By, Change};
use store::{OneTimePasswordRow, RegisteredApp, User, one_time_passwords};
use web::Description;
use web::description::schema;

use crate::State;
use crate::asked::Asked;
use crate::described::{SIGN_IN, client_form, refuses_clients};
use crate::grants::Grant;
use crate::refusal::Refusal;
use addressee::Addressee;
use letter::OtpLetter;
use words::Words;

pub use channel::{Channel, parameters_hash};
pub use mail_time::MailTime;

/// Neither used nor expired, for one address and app (code 82).
const OPEN_AT_ONCE: i64 = 5;

pub async fn post(Context(state): Context<State>, asked: Asked) -> Response {
    let sent = send(&state, &asked).await;
    let answer = sent.map(|()| Json(json!({ "message": "otp sent" })).into_response());
    asked.respond(&state, answer)
}

async fn send(state: &State, asked: &Asked) -> Result<(), Refusal> {
    let form = asked.form(state)?;
    let credentials = asked.credentials(&form)?;
    let mut tx = state.app.db.read().await?;
    let client = asked.client(state, &credentials, &mut tx).await?;
    drop(tx);
    Grant::Otp.is_allowed_for(&client, &state.app.settings)?;
    if !state.app.settings.mail.sends() {
        return Err(Refusal::NoMail);
    }
    let channel = Channel::read(&form)?;
    let words = Words::read(&state.app, &client, &form).await?;
    let now = state.app.clock.now();
    let otp = OneTimePassword::mint(state.app.entropy.bytes());
    let minting = Minting {
        client: &client,
        form: &form,
        channel: &channel,
        otp: &otp,
        now,
    };
    match minting.mint(state, asked).await? {
        None => state.mail_time.pass().await,
        Some(user) => {
            let letter = OtpLetter {
                app: &state.app,
                client: &client,
                words: &words,
                user: &user,
                otp: &otp,
                now,
            };
            mail(state, asked, &letter).await?;
        }
    }
    Ok(())
}

/// A one-time password that is about to be written down.
struct Minting<'a> {
    client: &'a RegisteredApp,
    form: &'a Form,
    channel: &'a Channel,
    otp: &'a OneTimePassword,
    now: Timestamp,
}

impl Minting<'_> {
    /// Writes it down. Returns who is to be mailed, if anybody.
    async fn mint(&self, state: &State, asked: &Asked) -> Result<Option<User>, Refusal> {
        let (app, client, now) = (&state.app, self.client, self.now);
        let mut tx = app.db.write().await?;
        let addressee = Addressee::find(app, &mut tx, client, &self.channel.address).await?;
        let center = asked.center(app)?;
        if center.name != addressee.home.name && !app.settings.data_centers.is_landing_zone(center)
        {
            return Err(Refusal::LivesElsewhere(addressee.home.base_uri));
        }
        if let Some(company) = addressee.company {
            state.limits.company(client.client_id, company)?;
        }
        let handle = self.channel.hash(app);
        let open = one_time_passwords::count_open(&mut tx, client.client_id, &handle, now);
        if open.await? >= OPEN_AT_ONCE {
            return Err(ErrorCode::TooManyOpenOtps.into());
        }
        let user = addressee.user;
        let row = OneTimePasswordRow {
            hash: self.otp.hash(),
            app: client.client_id,
            handle,
            parameters: parameters_hash(app, self.form).as_bytes().to_vec(),
            user: user.as_ref().map(|user| (user.company, user.id)),
            expires_at: now + one_time_passwords::LIFETIME,
            attempts: 0,
            used_at: None,
        };
        one_time_passwords::insert(&mut tx, &row).await?;
        if let Some(user) = &user {
            let by = By {
                actor: Actor::App(client.client_id),
                correlation_id: &asked.correlation.0,
                now,
            };
            let change = Change {
                action: Action::OneTimePasswordMinted,
                company: Some(user.company),
                app: Some(client.client_id),
                subject: &user.id.to_string(),
            };
            audit::record(&mut tx, &app.entropy, by, change).await?;
        }
        tx.commit().await?;
        Ok(user)
    }
}

/// Sends the mail. When that fails the password is taken back, so that it does not count as open.
async fn mail(state: &State, asked: &Asked, letter: &OtpLetter<'_>) -> Result<(), Refusal> {
    let began = Instant::now();
    let sent = state.app.settings.mail.send(&letter.written()).await;
    let Err(reason) = sent else {
        state.mail_time.took(began.elapsed());
        return Ok(());
    };
    let correlation = &asked.correlation.0;
    tracing::error!(%reason, correlation.id = correlation, "a one-time password was not mailed");
    let mut tx = state.app.db.write().await?;
    one_time_passwords::delete(&mut tx, &letter.otp.hash()).await?;
    tx.commit().await?;
    Err(Refusal::MailNotSent)
}

pub fn describe() -> Description {
    let form = client_form("One-time password")
        .exactly("channel_type", "email")
        .required("channel_handle", "The person's address.")
        .optional("name", "How the mail greets the person.")
        .optional(
            "company",
            "Who is said to ask; the app's own name stands beside it.",
        )
        .optional("link", "Where the mail's button leads, with `token` added.");
    let sent = schema(json!({
        "type": "object",
        "required": ["message"],
        "properties": { "message": { "type": "string", "enum": ["otp sent"] } },
    }));
    refuses_clients(
        Description::new(SIGN_IN, "otp", "Mail a person a one-time password")
            .details(
                "Whatever else is sent, `name`, `company` and `link` included, has to be sent again \
                 with the grant `otp`, exactly so.",
            )
            .form(form)
            .answers_with(StatusCode::OK, "Said whether somebody has the address or not.", sent),
    )
}
