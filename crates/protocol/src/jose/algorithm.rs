use std::fmt;
use std::str::FromStr;

use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use serde::{Deserialize, Serialize};

/// The signature algorithms spoken here (RFC 7518 §3.1, RFC 8037 §3.1): a setting of each app.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum SigningAlgorithm {
    /// What the reference platform signs with, and every client understands.
    #[default]
    #[serde(rename = "RS256")]
    Rs256,
    #[serde(rename = "ES256")]
    Es256,
    /// With Ed25519, the one curve offered.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl SigningAlgorithm {
    pub const ALL: [SigningAlgorithm; 3] = [
        SigningAlgorithm::Rs256,
        SigningAlgorithm::Es256,
        SigningAlgorithm::EdDsa,
    ];

    /// The value of `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            SigningAlgorithm::Rs256 => "RS256",
            SigningAlgorithm::Es256 => "ES256",
            SigningAlgorithm::EdDsa => "EdDSA",
        }
    }

    pub(super) const fn library(self) -> Algorithm {
        match self {
            SigningAlgorithm::Rs256 => Algorithm::RS256,
            SigningAlgorithm::Es256 => Algorithm::ES256,
            SigningAlgorithm::EdDsa => Algorithm::EdDSA,
        }
    }

    pub(super) const fn key_algorithm(self) -> KeyAlgorithm {
        match self {
            SigningAlgorithm::Rs256 => KeyAlgorithm::RS256,
            SigningAlgorithm::Es256 => KeyAlgorithm::ES256,
            SigningAlgorithm::EdDsa => KeyAlgorithm::EdDSA,
        }
    }

    /// The one algorithm that a published key is for (S26), from its kind and curve; `None` when it
    /// is for none of ours, for encryption, or says that it is for another.
    pub(super) fn of_key(key: &Jwk) -> Option<SigningAlgorithm> {
        let fits = match &key.algorithm {
            AlgorithmParameters::RSA(_) => SigningAlgorithm::Rs256,
            AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => {
                SigningAlgorithm::Es256
            }
            AlgorithmParameters::OctetKeyPair(okp) if okp.curve == EllipticCurve::Ed25519 => {
                SigningAlgorithm::EdDsa
            }
            _ => return None,
        };
        let named = key.common.key_algorithm;
        let purpose = key.common.public_key_use.as_ref();
        let ours = named.is_none_or(|named| named == fits.key_algorithm())
            && purpose.is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
        ours.then_some(fits)
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SigningAlgorithm {
    type Err = String;
    fn from_str(text: &str) -> Result<SigningAlgorithm, String> {
        SigningAlgorithm::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
            .ok_or_else(|| format!("{text:?} is none of RS256, ES256 and EdDSA"))
    }
}
