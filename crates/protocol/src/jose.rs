//! Signed tokens: keys, claims, and what makes one acceptable (RFC 7515, 7517, 7519).

use aws_lc_rs::digest;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{AppId, CompanyId, Origin, PrincipalType, Timestamp};

pub use jsonwebtoken::jwk::JwkSet as KeySet;

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
    pub iat: i64,
    #[serde(default)]
    pub nbf: i64,
    pub exp: i64,
}

fn version_two() -> u8 {
    2
}

/// A private key that signs, and its public half.
pub struct SigningKey {
    kid: String,
    key: EncodingKey,
    public: Jwk,
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

/// Generates an RSA key of 2,048 bits, as PKCS #8 DER.
pub fn generate_rsa() -> Result<Zeroizing<Vec<u8>>, JoseError> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| JoseError::BadKey)?;
    let der = pair.as_der().map_err(|_| JoseError::BadKey)?;
    Ok(Zeroizing::new(der.as_ref().to_vec()))
}

impl SigningKey {
    /// Reads what [`generate_rsa`] made.
    pub fn from_rsa_pkcs8(kid: &str, der: &[u8]) -> Result<SigningKey, JoseError> {
        // The envelope of an RSA key of this size is 26 bytes; the signer wants what is inside.
        let inner = der.get(26..).ok_or(JoseError::BadKey)?;
        KeyPair::from_der(inner).map_err(|_| JoseError::BadKey)?;
        let key = EncodingKey::from_rsa_der(inner);
        let mut public =
            Jwk::from_encoding_key(&key, Algorithm::RS256).map_err(|_| JoseError::BadKey)?;
        public.common.key_id = Some(kid.to_owned());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(SigningKey {
            kid: kid.to_owned(),
            key,
            public,
        })
    }

    /// The public half, as `GET /oauth2/v0/jwks` shows it.
    pub fn public(&self) -> &Jwk {
        &self.public
    }

    /// A compact JWS with the header of reference §2.4: `typ: JWT`, `alg: RS256`, `kid`.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, JoseError> {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, claims, &self.key).map_err(|_| JoseError::BadKey)
    }
}

/// Checks the signature by the key that `kid` names, RS256 only, and reads the claims. What the
/// claims say is for the caller to judge: [`accept_access`], [`accept_id`].
pub fn verify<C: DeserializeOwned + Clone>(token: &str, keys: &JwkSet) -> Result<C, JoseError> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| JoseError::Malformed)?;
    let plain = header.alg == Algorithm::RS256
        && header.jku.is_none()
        && header.jwk.is_none()
        && header.x5u.is_none();
    let kid = header.kid.filter(|_| plain).ok_or(JoseError::UnknownKey)?;
    let jwk = keys.find(&kid).ok_or(JoseError::UnknownKey)?;
    let key = DecodingKey::from_jwk(jwk).map_err(|_| JoseError::UnknownKey)?;
    let mut validation = Validation::new(Algorithm::RS256);
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

/// `at_hash` of OpenID Connect Core §3.1.3.6: base64url of the left half of SHA-256.
pub fn at_hash(access_token: &str) -> String {
    let digest = digest::digest(&digest::SHA256, access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(&digest.as_ref()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> IdClaims {
        IdClaims {
            iss: "https://us2.api.example".parse().unwrap(),
            sub: Uuid::from_u128(1),
            aud: Uuid::from_u128(2).to_string(),
            principal_type: PrincipalType::Company,
            version: 2,
            at_hash: Some(at_hash("token")),
            nonce: None,
            iat: 1_000,
            nbf: 1_000,
            exp: 4_600,
        }
    }

    #[test]
    fn s26_only_the_configured_algorithm_and_a_known_key_are_accepted() {
        let key = SigningKey::from_rsa_pkcs8("k1", &generate_rsa().unwrap()).unwrap();
        let stranger = SigningKey::from_rsa_pkcs8("k1", &generate_rsa().unwrap()).unwrap();
        let keys = JwkSet {
            keys: vec![key.public().clone()],
        };
        let token = key.sign(&claims()).unwrap();
        assert!(verify::<IdClaims>(&token, &keys).is_ok());
        let forged = stranger.sign(&claims()).unwrap();
        assert_eq!(
            verify::<IdClaims>(&forged, &keys).err(),
            Some(JoseError::BadSignature)
        );

        let secret = EncodingKey::from_secret(b"anything");
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("k1".into());
        let symmetric = jsonwebtoken::encode(&header, &claims(), &secret).unwrap();
        assert_eq!(
            verify::<IdClaims>(&symmetric, &keys).err(),
            Some(JoseError::UnknownKey)
        );
        let body = token.split('.').nth(1).unwrap();
        let none = format!(
            "{}.{body}.",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"k1"}"#)
        );
        assert!(verify::<IdClaims>(&none, &keys).is_err());
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
