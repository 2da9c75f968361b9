use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Origin;

/// A number that some servers send as a string: read either, write a number (reference §11.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Tolerant(pub i64);

impl<'de> Deserialize<'de> for Tolerant {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Tolerant, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Whole(i64),
            Fraction(f64),
            Text(String),
        }
        match Either::deserialize(from)? {
            Either::Whole(number) => Ok(Tolerant(number)),
            Either::Fraction(number) => Ok(Tolerant(number as i64)),
            Either::Text(text) => text
                .trim()
                .parse()
                .map(Tolerant)
                .map_err(serde::de::Error::custom),
        }
    }
}

/// The answer of `POST /oauth2/v0/token` (CF-23), field by field. Holds secrets: it has no `Debug`.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(description = "The answer of the token endpoint.")]
pub struct TokenAnswer {
    /// Life of the access token, in seconds.
    #[schema(value_type = i64)]
    pub expires_in: Tolerant,
    /// What the access token opens, separated by spaces.
    #[serde(default)]
    #[schema(required)]
    pub scope: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// A signed JWT.
    pub access_token: String,
    /// Overwrites the one before. Not for an app's own tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub refresh_token: Option<String>,
    /// Despite its name the instant, in epoch seconds, at which the refresh token expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, required = false)]
    pub refresh_expires_in: Option<Tolerant>,
    /// The epoch second at which it expires however often it is used (S19). Not in the reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, required = false)]
    pub refresh_absolute_expires_at: Option<Tolerant>,
    /// A signed JWT; when the scope `openid` was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub id_token: Option<String>,
    /// Base URI of every later call with this token.
    pub geolocation: Origin,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s52_numbers_are_read_from_strings_and_geolocation_loses_its_path() {
        let answer: TokenAnswer = serde_json::from_str(
            r#"{"expires_in":"3600","token_type":"Bearer","access_token":"a","refresh_token":"r",
                "refresh_expires_in":"1517039403","geolocation":"https://us.api.example/oauth2/v0/token","new":[]}"#,
        )
        .unwrap();
        assert_eq!(answer.expires_in, Tolerant(3600));
        assert_eq!(answer.refresh_expires_in, Some(Tolerant(1_517_039_403)));
        assert_eq!(answer.geolocation.as_str(), "https://us.api.example");
    }

    #[test]
    fn numbers_are_written_as_numbers() {
        let answer = TokenAnswer {
            expires_in: Tolerant(3600),
            scope: "openid".into(),
            token_type: "Bearer".into(),
            access_token: "a".into(),
            refresh_token: None,
            refresh_expires_in: None,
            refresh_absolute_expires_at: None,
            id_token: None,
            geolocation: "https://us2.api.example".parse().unwrap(),
        };
        let json = serde_json::to_value(&answer).unwrap();
        assert!(json["expires_in"].is_number());
        assert!(json.get("refresh_token").is_none());
        assert!(json.get("refresh_absolute_expires_at").is_none());
    }
}
