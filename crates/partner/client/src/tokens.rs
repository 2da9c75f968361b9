use std::time::Duration;

use protocol::{ErrorBody, Origin, Timestamp, TokenAnswer};
use reqwest::Method;
use secrecy::SecretString;

use crate::http::{Ask, Reply};
use crate::{Call, Client, Reason, Refusal};

/// How often code 16 may send us on (GE-03): what it names need not be the final place. No place is
/// asked twice (S49).
const HOPS: usize = 3;

/// What the token endpoint handed out (CF-23), read tolerantly.
#[derive(Clone)]
pub struct Tokens {
    pub access_token: SecretString,
    pub access_expires_at: Timestamp,
    pub refresh_token: Option<SecretString>,
    pub refresh_expires_at: Option<Timestamp>,
    /// Base URI of every later call; always one of the allow-list.
    pub geolocation: Origin,
    pub scope: String,
    pub id_token: Option<SecretString>,
}

impl Client {
    /// `POST /oauth2/v0/token`, beginning at `start`: follows code 16 inside the allow-list and
    /// repeats what met a passing fault. The same form is sent every time.
    pub(crate) async fn request_tokens(
        &self,
        start: &Origin,
        form: &[(&str, &str)],
        calls: &mut Vec<Call>,
    ) -> Result<Tokens, Refusal> {
        let mut asked = vec![start.clone()];
        while let Some(origin) = asked.last() {
            match self.ask_patiently(origin, form, calls).await? {
                Step::Tokens(tokens) => return Ok(*tokens),
                Step::Elsewhere(next) if asked.len() > HOPS || asked.contains(&next) => break,
                Step::Elsewhere(next) => asked.push(next),
            }
        }
        Err(Refusal {
            code: Some(16),
            ..Refusal::new(Reason::Other, "sent on too often")
        })
    }

    async fn ask_patiently(
        &self,
        origin: &Origin,
        form: &[(&str, &str)],
        calls: &mut Vec<Call>,
    ) -> Result<Step, Refusal> {
        let mut patience = self.patience();
        loop {
            let result = self.ask_once(origin, form, calls).await;
            if !patience.outlasts(&result).await {
                return result;
            }
        }
    }

    async fn ask_once(
        &self,
        origin: &Origin,
        form: &[(&str, &str)],
        calls: &mut Vec<Call>,
    ) -> Result<Step, Refusal> {
        let ask = Ask {
            what: "POST /oauth2/v0/token",
            method: Method::POST,
            origin,
            path: "/oauth2/v0/token",
        };
        let reply = self.send(&ask, calls, |request| request.form(form)).await?;
        if reply.status != 200 {
            return self.follow_or_refuse(&reply);
        }
        let tokens = read(&reply.body, origin, self.clock.now())
            .ok_or_else(|| Refusal::new(Reason::Other, "the token answer cannot be read"))?;
        self.allowed(&tokens.geolocation)?;
        Ok(Step::Tokens(Box::new(tokens)))
    }

    fn follow_or_refuse(&self, reply: &Reply) -> Result<Step, Refusal> {
        let body: Option<ErrorBody> = read_error(&reply.body);
        let elsewhere = body
            .as_ref()
            .filter(|body| body.code == 16)
            .and_then(|body| body.geolocation.clone());
        match elsewhere {
            Some(next) => self.allowed(&next).map(|()| Step::Elsewhere(next)),
            None => Err(Refusal::of_token_answer(reply.status, body.as_ref())),
        }
    }

    /// Refuses an origin that does not stand in the configuration.
    pub(crate) fn allowed(&self, origin: &Origin) -> Result<(), Refusal> {
        if self.config.allows(origin) {
            return Ok(());
        }
        tracing::error!(named = %origin, "the platform names a data center outside the allow-list");
        Err(Refusal::new(
            Reason::ElsewhereNotAllowed,
            "the platform names an unknown data center",
        ))
    }
}

enum Step {
    Tokens(Box<Tokens>),
    Elsewhere(Origin),
}

/// A refusal's body; a geolocation that is no address is as good as none.
fn read_error(body: &[u8]) -> Option<ErrorBody> {
    let mut json: serde_json::Value = serde_json::from_slice(body).ok()?;
    let fields = json.as_object_mut()?;
    let is_origin = |value: &serde_json::Value| {
        value
            .as_str()
            .is_some_and(|text| text.parse::<Origin>().is_ok())
    };
    if !fields.get("geolocation").is_some_and(is_origin) {
        fields.remove("geolocation");
    }
    for name in ["error", "error_description"] {
        fields.entry(name).or_insert_with(|| "".into());
    }
    serde_json::from_value(json).ok()
}

fn read(body: &[u8], asked: &Origin, now: Timestamp) -> Option<Tokens> {
    let mut json: serde_json::Value = serde_json::from_slice(body).ok()?;
    let fields = json.as_object_mut()?;
    fields
        .entry("geolocation")
        .or_insert_with(|| asked.as_str().into());
    fields
        .entry("token_type")
        .or_insert_with(|| "Bearer".into());
    let answer: TokenAnswer = serde_json::from_value(json).ok()?;
    let lifetime = u64::try_from(answer.expires_in.0).unwrap_or(0);
    Some(Tokens {
        access_token: answer.access_token.into(),
        access_expires_at: now + Duration::from_secs(lifetime),
        refresh_token: answer.refresh_token.map(Into::into),
        refresh_expires_at: answer
            .refresh_expires_in
            .map(|field| refresh_expiry(field.0, now)),
        geolocation: answer.geolocation,
        scope: answer.scope,
        id_token: answer.id_token.map(Into::into),
    })
}

/// `refresh_expires_in` is the epoch second of expiry; some send milliseconds, or the duration
/// its name promises (S52).
fn refresh_expiry(value: i64, now: Timestamp) -> Timestamp {
    const YEAR_2001: i64 = 1_000_000_000;
    const YEAR_5000: i64 = 100_000_000_000;
    match value {
        ..YEAR_2001 => now + Duration::from_secs(u64::try_from(value).unwrap_or(0)),
        YEAR_2001..YEAR_5000 => Timestamp::from_seconds(value),
        _ => Timestamp::from_seconds(value / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);

    fn asked() -> Origin {
        "https://glz.api.example".parse().unwrap()
    }

    #[test]
    fn s52_an_expiry_is_read_as_seconds_milliseconds_or_duration() {
        let expected = Timestamp::from_seconds(1_810_552_000);
        for value in [1_810_552_000, 1_810_552_000_000, 15_552_000] {
            assert_eq!(refresh_expiry(value, NOW), expected, "{value}");
        }
    }

    #[test]
    fn s52_a_spare_answer_is_enough() {
        let body = br#"{"expires_in":"3600","access_token":"a","concur.new":{"x":1}}"#;
        let tokens = read(body, &asked(), NOW).unwrap();
        assert_eq!(tokens.geolocation, asked());
        assert_eq!(tokens.access_expires_at.since(NOW).as_secs(), 3_600);
        assert!(tokens.refresh_token.is_none() && tokens.id_token.is_none());
    }

    #[test]
    fn s52_a_refusal_with_a_strange_geolocation_keeps_its_number() {
        let body = read_error(br#"{"code":108,"geolocation":"nowhere"}"#).unwrap();
        assert_eq!((body.code, body.geolocation), (108, None));
        assert!(read_error(b"<html>").is_none());
    }

    /// Answers as the reference's samples, guides and other clients show them.
    #[test]
    fn s52_a_corpus_of_answers_is_read() {
        let corpus = [
            // Company authentication: no id_token, numbers as texts.
            r#"{"expires_in":"3600","scope":"openid TRVPRF","token_type":"Bearer","access_token":"a","refresh_token":"e013335d-b4ce-4c43-a7e4-b67abc1adcb0","refresh_expires_in":"1810552000","geolocation":"https://us.api.example"}"#,
            // Migration guide: numbers.
            r#"{"expires_in":3600,"scope":"","token_type":"Bearer","access_token":"a","refresh_token":"r","refresh_expires_in":1810552000,"id_token":"x.y.z","geolocation":"https://us.api.example"}"#,
            // Request token tool: a path on the geolocation. E-mails about code 16: a slash.
            r#"{"expires_in":3600,"token_type":"Bearer","access_token":"a","refresh_token":"r","geolocation":"https://us.api.example/oauth2/v0/token"}"#,
            r#"{"expires_in":3600,"token_type":"bearer","access_token":"a","refresh_token":"r","geolocation":"https://us.api.example/"}"#,
            // Client credentials: nothing to refresh with. After 2026: claims and fields come and go.
            r#"{"expires_in":3600.0,"access_token":"a","geolocation":"https://us.api.example","concur.profile":null,"new":{"a":[1]}}"#,
        ];
        for body in corpus {
            let tokens = read(body.as_bytes(), &asked(), NOW).expect(body);
            assert_eq!(tokens.geolocation.as_str(), "https://us.api.example");
            assert_eq!(tokens.access_expires_at.since(NOW).as_secs(), 3_600);
        }
    }

    fn written(number: i64, as_text: bool) -> serde_json::Value {
        if as_text {
            number.to_string().into()
        } else {
            number.into()
        }
    }

    proptest::proptest! {
        #[test]
        fn s52_any_spelling_of_an_answer_means_the_same(
            as_texts in proptest::array::uniform2(proptest::bool::ANY),
            spelling in 0..3_usize,
            tail in "(/|/oauth2/v0/token)?",
            id_token in proptest::option::of("[a-z]{1,9}"),
            unknown in "concur\\.[a-z]{1,9}",
            lifetime in 60..86_400_i64,
        ) {
            let expiry = [1_810_552_000, 1_810_552_000_000, 15_552_000][spelling];
            let mut body = serde_json::json!({
                "expires_in": written(lifetime, as_texts[0]), "access_token": "a",
                "refresh_token": "r", "refresh_expires_in": written(expiry, as_texts[1]),
                "geolocation": format!("https://us.api.example{tail}"),
            });
            body[unknown] = serde_json::json!({ "x": [null] });
            if let Some(id_token) = &id_token {
                body["id_token"] = id_token.clone().into();
            }
            let tokens = read(body.to_string().as_bytes(), &asked(), NOW).unwrap();
            assert_eq!(tokens.refresh_expires_at, Some(Timestamp::from_seconds(1_810_552_000)));
            assert_eq!(tokens.access_expires_at.since(NOW).as_secs(), lifetime.unsigned_abs());
            assert_eq!(tokens.geolocation.as_str(), "https://us.api.example");
            assert_eq!(tokens.id_token.is_some(), id_token.is_some());
        }

        #[test]
        fn s52_no_bytes_at_all_bring_the_reader_down(
            body in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
        ) {
            let _ = (read(&body, &asked(), NOW).is_some(), read_error(&body));
        }
    }
}
