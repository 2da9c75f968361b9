//! Signed tokens: keys, claims, and what makes one acceptable (RFC 7515, 7517, 7519).

mod algorithm;
mod signing_key;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AppId, CompanyId, Origin, PrincipalType, Timestamp};

pub use algorithm::SigningAlgorithm;
pub use jsonwebtoken::jwk::JwkSet as KeySet;
pub use signing_key::{SigningKey, generate};

/// Claims of an access token (reference §2.4). Resource servers take the company from here.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessClaims {
    pub iss: Origin,
    pub sub: Uuid,
    /// The data centre whose APIs accept it: the answer's geolocation.
    pub aud: String,
    pub client_id: AppId,
    /// None for an app that speaks for itself.
    #[serde(rename = "companyId", default, skip_serializing_if = "Option::is_none")]
    pub company: Option<CompanyId>,
    #[serde(rename = "concur.type")]
    pub principal_type: PrincipalType,
    #[serde(rename = "concur.version")]
    pub version: u8,
    #[serde(rename = "concur.scopes")]
    pub scopes: Vec<String>,
    pub jti: String,
    /// The refresh token it was issued with: seeing it proves that the answer arrived. None for an
    /// app that speaks for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant_id: Option<String>,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
}

/// Claims of an id_token (OpenID Connect Core §2, and the two `concur.` ones).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct IdClaims {
    pub iss: Origin,
    pub sub: Uuid,
    pub aud: String,
    #[serde(rename = "concur.type")]
    pub principal_type: PrincipalType,
    #[serde(rename = "concur.version", default = "version_two")]
    pub version: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// The client's own value, given back (OpenID Connect Core §2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// When the person signed in, in seconds: of a token that an authorization code yielded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    pub iat: i64,
    #[serde(default)]
    pub nbf: i64,
    pub exp: i64,
}

fn version_two() -> u8 {
    2
}

/// A key or token that cannot be used; says why, without the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoseError {
    BadKey,
    /// Not three parts of base64url JSON, or claims of another kind.
    Malformed,
    /// No key of the set has its `kid`, or the algorithm is not the one configured (S26).
    UnknownKey,
    BadSignature,
    /// `iss`, `aud`, or the type of the principal is not what was asked for.
    NotForUs,
    Expired,
}

/// Checks the signature by the key that `kid` names, with the one algorithm that this key is for,
/// and reads the claims. What the claims say is for the caller to judge: [`accept_access`],
/// [`accept_id`].
pub fn verify<C: DeserializeOwned + Clone>(token: &str, keys: &JwkSet) -> Result<C, JoseError> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| JoseError::Malformed)?;
    let kid = header.kid.as_deref().filter(|_| is_plain(&header));
    let jwk = keys
        .find(kid.ok_or(JoseError::UnknownKey)?)
        .ok_or(JoseError::UnknownKey)?;
    let algorithm = SigningAlgorithm::of_key(jwk).ok_or(JoseError::UnknownKey)?;
    if header.alg != algorithm.library() {
        return Err(JoseError::UnknownKey);
    }
    let key = DecodingKey::from_jwk(jwk).map_err(|_| JoseError::UnknownKey)?;
    let mut validation = Validation::new(algorithm.library());
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    jsonwebtoken::decode::<C>(token, &key, &validation)
        .map(|data| data.claims)
        .map_err(|error| match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidSignature => JoseError::BadSignature,
            _ => JoseError::Malformed,
        })
}

/// A token brings no key of its own, asks for nothing that is not understood here, and is a JWT
/// (RFC 7515 §4.1, RFC 9068 §2.1).
fn is_plain(header: &Header) -> bool {
    let typed = header.typ.as_deref().is_none_or(|typ| {
        let typ = typ.to_ascii_lowercase();
        matches!(
            typ.strip_prefix("application/").unwrap_or(&typ),
            "jwt" | "at+jwt"
        )
    });
    typed
        && header.jku.is_none()
        && header.jwk.is_none()
        && header.x5u.is_none()
        && header.x5c.is_none()
        && header.crit.is_none()
}

/// Whether an API of the data centre `audience` accepts these claims at `now`.
pub fn accept_access(
    claims: &AccessClaims,
    issuers: impl Fn(&Origin) -> bool,
    audience: &Origin,
    now: Timestamp,
) -> Result<(), JoseError> {
    if !issuers(&claims.iss) || claims.aud != audience.as_str() {
        return Err(JoseError::NotForUs);
    }
    let now = now.as_seconds();
    if now < claims.exp && claims.nbf <= now + 10 {
        Ok(())
    } else {
        Err(JoseError::Expired)
    }
}

/// How far a client's clock may be off (ER-10), in seconds.
const CLIENT_SKEW: i64 = 300;

/// What a client must find in an id_token before it believes it (SE-25).
pub fn accept_id(
    claims: &IdClaims,
    issuers: impl Fn(&Origin) -> bool,
    client: AppId,
    expected_type: PrincipalType,
    now: Timestamp,
) -> Result<(), JoseError> {
    let ours = issuers(&claims.iss)
        && claims.aud == client.to_string()
        && claims.principal_type == expected_type;
    let now = now.as_seconds();
    match ours {
        false => Err(JoseError::NotForUs),
        true if now < claims.exp + CLIENT_SKEW && claims.iat <= now + CLIENT_SKEW => Ok(()),
        true => Err(JoseError::Expired),
    }
}

/// `at_hash` of OpenID Connect Core §3.1.3.6: base64url of the left half of the hash that goes with
/// the id_token's algorithm, which is SHA-512 for Ed25519.
pub fn at_hash(algorithm: SigningAlgorithm, access_token: &str) -> String {
    let hash = match algorithm {
        SigningAlgorithm::Rs256 | SigningAlgorithm::Es256 => &digest::SHA256,
        SigningAlgorithm::EdDsa => &digest::SHA512,
    };
    let digest = digest::digest(hash, access_token.as_bytes());
    let digest = digest.as_ref();
    URL_SAFE_NO_PAD.encode(&digest[..digest.len() / 2])
}

#[cfg(test)]
mod tests {
    mod vectors;

    use jsonwebtoken::{Algorithm, EncodingKey};
    use serde_json::json;

    use super::*;

    fn claims() -> IdClaims {
        IdClaims {
            iss: "https://us2.api.example".parse().unwrap(),
            sub: Uuid::from_u128(1),
            aud: Uuid::from_u128(2).to_string(),
            principal_type: PrincipalType::Company,
            version: 2,
            at_hash: Some(at_hash(SigningAlgorithm::Rs256, "token")),
            nonce: None,
            auth_time: None,
            iat: 1_000,
            nbf: 1_000,
            exp: 4_600,
        }
    }

    fn key(algorithm: SigningAlgorithm, kid: &str) -> SigningKey {
        SigningKey::from_pkcs8(kid, algorithm, &generate(algorithm).unwrap()).unwrap()
    }

    /// A token as `signer` makes it, with members of its header replaced or added.
    fn with_header(signer: &SigningKey, changes: &serde_json::Value) -> String {
        let mut header = json!({ "typ": "JWT", "alg": signer.algorithm(), "kid": signer.kid() });
        for (name, value) in changes.as_object().unwrap() {
            header[name] = value.clone();
        }
        let claims = serde_json::to_string(&claims()).unwrap();
        signer.sign_texts(&header.to_string(), &claims)
    }

    #[test]
    fn s26_every_algorithm_signs_and_only_its_own_key_verifies() {
        let keys = SigningAlgorithm::ALL.map(|algorithm| key(algorithm, algorithm.as_str()));
        let published = JwkSet {
            keys: keys.iter().map(|key| key.public().clone()).collect(),
        };
        for signer in &keys {
            let algorithm = signer.algorithm();
            let token = signer.sign(&claims()).unwrap();
            assert!(
                verify::<IdClaims>(&token, &published).is_ok(),
                "{algorithm}"
            );
            let header = jsonwebtoken::decode_header(&token).unwrap();
            assert_eq!(header.alg, algorithm.library());
            assert_eq!(header.typ.as_deref(), Some("JWT"));

            let forged = key(algorithm, algorithm.as_str()).sign(&claims()).unwrap();
            let refusal = verify::<IdClaims>(&forged, &published).err();
            assert_eq!(refusal, Some(JoseError::BadSignature), "{algorithm}");
            // The header names another key, or another algorithm than the key's own.
            for other in SigningAlgorithm::ALL
                .into_iter()
                .filter(|a| *a != algorithm)
            {
                for lie in [json!({ "kid": other }), json!({ "alg": other })] {
                    let token = with_header(signer, &lie);
                    let refusal = verify::<IdClaims>(&token, &published).err();
                    assert_eq!(refusal, Some(JoseError::UnknownKey), "{algorithm} {lie}");
                }
            }
            // The key says that it is for something else.
            let mut misled = signer.public().clone();
            misled.common.key_algorithm = Some(jsonwebtoken::jwk::KeyAlgorithm::RSA_OAEP);
            let set = JwkSet { keys: vec![misled] };
            assert!(verify::<IdClaims>(&token, &set).is_err(), "{algorithm}");
        }
    }

    #[test]
    fn s26_a_token_brings_neither_key_nor_algorithm_nor_type() {
        let signer = key(SigningAlgorithm::Es256, "k1");
        let stranger = key(SigningAlgorithm::Es256, "k1");
        let published = JwkSet {
            keys: vec![signer.public().clone()],
        };
        for lie in [
            json!({ "jwk": stranger.public() }),
            json!({ "jku": "https://evil.example/jwks" }),
            json!({ "x5u": "https://evil.example/cert" }),
            json!({ "x5c": ["MIIB"] }),
            json!({ "crit": ["exp"] }),
            json!({ "typ": "logout+jwt" }),
            json!({ "kid": null }),
            json!({ "kid": "k2" }),
        ] {
            let token = with_header(&signer, &lie);
            let refusal = verify::<IdClaims>(&token, &published).err();
            assert_eq!(refusal, Some(JoseError::UnknownKey), "{lie}");
        }
        let plain = with_header(&signer, &json!({ "typ": "at+jwt" }));
        assert!(verify::<IdClaims>(&plain, &published).is_ok());

        // The public key as a shared secret, and no signature at all.
        let rsa = key(SigningAlgorithm::Rs256, "k1");
        let published = JwkSet {
            keys: vec![rsa.public().clone()],
        };
        let public = serde_json::to_vec(rsa.public()).unwrap();
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("k1".into());
        let secret = EncodingKey::from_secret(&public);
        let symmetric = jsonwebtoken::encode(&header, &claims(), &secret).unwrap();
        assert!(verify::<IdClaims>(&symmetric, &published).is_err());
        let token = rsa.sign(&claims()).unwrap();
        let body = token.split('.').nth(1).unwrap();
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"k1"}"#);
        assert!(verify::<IdClaims>(&format!("{none}.{body}."), &published).is_err());
    }

    #[test]
    fn s27_an_id_token_is_no_access_token() {
        let signer = key(SigningAlgorithm::EdDsa, "k1");
        let published = JwkSet {
            keys: vec![signer.public().clone()],
        };
        let token = signer.sign(&claims()).unwrap();
        assert_eq!(
            verify::<AccessClaims>(&token, &published).err(),
            Some(JoseError::Malformed)
        );
    }

    #[test]
    fn an_id_token_is_believed_only_by_whom_it_is_for() {
        let known = |iss: &Origin| iss.as_str() == "https://us2.api.example";
        let client = AppId::from_uuid(Uuid::from_u128(2));
        let now = Timestamp::from_seconds(1_500);
        let accept = |client, kind, now| accept_id(&claims(), known, client, kind, now);
        assert_eq!(accept(client, PrincipalType::Company, now), Ok(()));
        assert_eq!(
            accept(client, PrincipalType::User, now),
            Err(JoseError::NotForUs)
        );
        let other = AppId::from_uuid(Uuid::from_u128(3));
        assert_eq!(
            accept(other, PrincipalType::Company, now),
            Err(JoseError::NotForUs)
        );
        let late = Timestamp::from_seconds(4_601 + CLIENT_SKEW);
        assert_eq!(
            accept(client, PrincipalType::Company, late),
            Err(JoseError::Expired)
        );
    }
}
