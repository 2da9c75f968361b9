use protocol::{Edition, Origin};
use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;
use uuid::Uuid;

use crate::http::Ask;
use crate::{Call, Client, Outcome, Reason, Refusal};

/// What `GET /profile/v1/me` says of a company or a person (reference §7.1), as far as it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    pub id: Option<Uuid>,
    /// The company's name, or the person's.
    pub name: Option<String>,
    /// Of a company; recorded per customer.
    pub edition: Option<Edition>,
}

impl Client {
    /// Who the access token stands for. Follows a 301 to another data centre of the allow-list
    /// (GE-05).
    pub async fn profile(
        &self,
        geolocation: &Origin,
        access_token: &SecretString,
    ) -> Outcome<Profile> {
        let mut calls = Vec::new();
        let result = self
            .profile_once(geolocation, access_token, &mut calls)
            .await;
        Outcome { result, calls }
    }

    pub(crate) async fn profile_once(
        &self,
        geolocation: &Origin,
        access_token: &SecretString,
        calls: &mut Vec<Call>,
    ) -> Result<Profile, Refusal> {
        let mut origin = geolocation.clone();
        for _ in 0..3 {
            self.allowed(&origin)?;
            let ask = Ask {
                what: "GET /profile/v1/me",
                method: Method::GET,
                origin: &origin,
                path: "/profile/v1/me",
            };
            let reply = self
                .settle(&ask, Some(access_token), calls, |reply| {
                    match reply.status {
                        200..=399 => Ok(reply),
                        status => Err(Refusal::of_status(status)),
                    }
                })
                .await?;
            let elsewhere = reply.location.as_deref().and_then(|at| at.parse().ok());
            match elsewhere.filter(|_| reply.status == 301) {
                Some(next) => origin = next,
                None => return read(&reply.body),
            }
        }
        Err(Refusal::new(Reason::Other, "sent on too often"))
    }
}

fn read(body: &[u8]) -> Result<Profile, Refusal> {
    let json: Value = serde_json::from_slice(body)
        .map_err(|_| Refusal::new(Reason::Other, "the profile cannot be read"))?;
    let text = |path: &str| {
        let value = json.pointer(path)?.as_str()?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    let in_two = || match (text("/name/givenName"), text("/name/familyName")) {
        (Some(given), Some(family)) => Some(format!("{given} {family}")),
        (one, other) => one.or(other),
    };
    let name = ["/name", "/displayName", "/name/formatted"]
        .into_iter()
        .find_map(text);
    Ok(Profile {
        id: text("/id").and_then(|id| Uuid::try_parse(&id).ok()),
        name: name.or_else(in_two).or_else(|| text("/userName")),
        edition: text("/com:concur:Expense:0.1/marketingName")
            .and_then(|name| Edition::from_marketing_name(&name)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_and_its_edition() {
        let body = br#"{"id":"d5ffead2-0555-4abc-b5f0-734ccd124d13","name":"Brackwater Instruments Inc.",
            "schemas":["com:concur:Expense:0.1"],"meta":{"principalType":"company"},
            "com:concur:Expense:0.1":{"offeringCode":"DIRECT-BREEZE+","marketingName":"Standard Edition"}}"#;
        let profile = read(body).unwrap();
        assert_eq!(profile.name.as_deref(), Some("Brackwater Instruments Inc."));
        assert_eq!(profile.edition, Some(Edition::Standard));
        assert!(profile.id.is_some());
    }

    #[test]
    fn s52_a_person_in_any_of_the_shapes_seen() {
        for body in [
            r#"{"name":{"givenName":"Maren","familyName":"Holloway"}}"#,
            r#"{"name":{"formatted":"Maren Holloway"},"id":7}"#,
            r#"{"displayName":"Maren Holloway","name":{"givenName":"M"}}"#,
        ] {
            let name = read(body.as_bytes()).unwrap().name;
            assert_eq!(name.as_deref(), Some("Maren Holloway"), "{body}");
        }
        assert_eq!(read(b"{}").unwrap(), Profile::default());
        assert!(read(b"<html>").is_err());
    }
}
