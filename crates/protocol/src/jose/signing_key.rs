use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, EllipticCurveKeyParameters,
    EllipticCurveKeyType, Jwk, OctetKeyPairParameters, OctetKeyPairType, PublicKeyUse,
    RSAKeyParameters, RSAKeyType,
};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{JoseError, SigningAlgorithm};

/// A private key that signs, parsed once and held, and its public half.
pub struct SigningKey {
    kid: String,
    algorithm: SigningAlgorithm,
    pair: Pair,
    /// The header of every token that it signs, encoded.
    header: String,
    public: Jwk,
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// Generates a key (RSA of 2,048 bits, P-256 or Ed25519), as PKCS #8 DER.
pub fn generate(algorithm: SigningAlgorithm) -> Result<Zeroizing<Vec<u8>>, JoseError> {
    let der = match algorithm {
        SigningAlgorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048)
            .and_then(|pair| pair.as_der())
            .map(|der| der.as_ref().to_vec()),
        SigningAlgorithm::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .and_then(|pair| pair.to_pkcs8v1())
            .map(|der| der.as_ref().to_vec()),
        SigningAlgorithm::EdDsa => Ed25519KeyPair::generate()
            .and_then(|pair| pair.to_pkcs8v1())
            .map(|der| der.as_ref().to_vec()),
    };
    der.map(Zeroizing::new).map_err(|_| JoseError::BadKey)
}

impl SigningKey {
    /// Reads what [`generate`] made for the same algorithm.
    pub fn from_pkcs8(
        kid: &str,
        algorithm: SigningAlgorithm,
        der: &[u8],
    ) -> Result<SigningKey, JoseError> {
        let pair = Pair::read(algorithm, der).ok_or(JoseError::BadKey)?;
        let public = Jwk {
            common: CommonParameters {
                public_key_use: Some(PublicKeyUse::Signature),
                key_algorithm: Some(algorithm.key_algorithm()),
                key_id: Some(kid.to_owned()),
                ..CommonParameters::default()
            },
            algorithm: pair.public().ok_or(JoseError::BadKey)?,
        };
        let header = serde_json::json!({ "typ": "JWT", "alg": algorithm, "kid": kid });
        Ok(SigningKey {
            kid: kid.to_owned(),
            algorithm,
            pair,
            header: URL_SAFE_NO_PAD.encode(header.to_string()),
            public,
        })
    }

    pub fn kid(&self) -> &str {
        &self.kid
    }

    pub fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The public half, as `GET /oauth2/v0/jwks` shows it.
    pub fn public(&self) -> &Jwk {
        &self.public
    }

    /// A compact JWS (RFC 7515 §7.1) with the header of reference §2.4: `typ: JWT`, `alg`, `kid`.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, JoseError> {
        self.sign_after(self.header.clone(), claims)
    }

    /// Whatever texts stand for header and claims, which only somebody who cheats would sign.
    #[cfg(test)]
    pub(super) fn sign_texts(&self, header: &str, claims: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = self.pair.sign(message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn sign_after(&self, header: String, claims: &impl Serialize) -> Result<String, JoseError> {
        let claims = serde_json::to_vec(claims).map_err(|_| JoseError::Malformed)?;
        let mut token = header;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.pair.sign(token.as_bytes()).ok_or(JoseError::BadKey)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

impl Pair {
    fn read(algorithm: SigningAlgorithm, der: &[u8]) -> Option<Pair> {
        match algorithm {
            SigningAlgorithm::Rs256 => RsaKeyPair::from_pkcs8(der).ok().map(Pair::Rsa),
            SigningAlgorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
                    .ok()
                    .map(Pair::P256)
            }
            SigningAlgorithm::EdDsa => Ed25519KeyPair::from_pkcs8(der).ok().map(Pair::Ed25519),
        }
    }

    fn public(&self) -> Option<AlgorithmParameters> {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        Some(match self {
            Pair::Rsa(pair) => AlgorithmParameters::RSA(RSAKeyParameters {
                key_type: RSAKeyType::RSA,
                n: encode(
                    pair.public_key()
                        .modulus()
                        .big_endian_without_leading_zero(),
                ),
                e: encode(
                    pair.public_key()
                        .exponent()
                        .big_endian_without_leading_zero(),
                ),
            }),
            Pair::P256(pair) => {
                // An uncompressed point: 4, then both coordinates (SEC 1 §2.3.3).
                let point = pair.public_key().as_ref().strip_prefix(&[4])?;
                let (x, y) = point.split_at_checked(32)?;
                AlgorithmParameters::EllipticCurve(EllipticCurveKeyParameters {
                    key_type: EllipticCurveKeyType::EC,
                    curve: EllipticCurve::P256,
                    x: encode(x),
                    y: encode(y),
                })
            }
            Pair::Ed25519(pair) => AlgorithmParameters::OctetKeyPair(OctetKeyPairParameters {
                key_type: OctetKeyPairType::OctetKeyPair,
                curve: EllipticCurve::Ed25519,
                x: encode(pair.public_key().as_ref()),
            }),
        })
    }

    /// The library's own generator serves padding and nonces; it cannot be replaced.
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .ok()?;
                Some(signature)
            }
            Pair::P256(pair) => Some(pair.sign(&random, message).ok()?.as_ref().to_vec()),
            Pair::Ed25519(pair) => Some(pair.sign(message).as_ref().to_vec()),
        }
    }
}
