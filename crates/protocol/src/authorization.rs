//! The front channel of authorization codes, as values: RFC 6749 §4.1, OpenID Connect Core §3.1.2,
//! RFC 7636 (proof keys) and RFC 9207 (`iss`).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{MINUTE, Origin, sha256};

/// An authorization code is good for ten minutes, once (reference §2.3).
pub const AUTHORIZATION_CODE_LIFETIME: Duration = Duration::from_secs(10 * MINUTE.as_secs());

/// What a client keeps secret until it exchanges the code, hashed: BASE64URL(SHA-256(verifier)).
/// `plain` challenges are not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeChallenge(String);

impl CodeChallenge {
    /// `None` when the text is no SHA-256 in base64url (RFC 7636 §4.2).
    pub fn parse(text: &str) -> Option<CodeChallenge> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 32).then(|| CodeChallenge(text.to_owned()))
    }

    /// The challenge that goes with a verifier.
    pub fn of(verifier: &str) -> CodeChallenge {
        CodeChallenge(URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes())))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the verifier: 43 to 128 unreserved characters. Compared in constant time.
    pub fn accepts(&self, verifier: &str) -> bool {
        let unreserved =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(unreserved)
            && bool::from(
                CodeChallenge::of(verifier)
                    .0
                    .as_bytes()
                    .ct_eq(self.0.as_bytes()),
            )
    }
}

/// What a client wants the person to be asked (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// No page may be shown.
    pub none: bool,
    /// To sign in, although somebody has. `select_account` is read so, too: whoever signs in has
    /// chosen.
    pub login: bool,
    /// To agree, although that was done before.
    pub consent: bool,
}

impl Prompt {
    /// The values that there are.
    pub const VALUES: [&str; 4] = ["none", "login", "consent", "select_account"];

    /// `None` for a value that there is not, and for `none` with anything else: code 119.
    pub fn parse(text: &str) -> Option<Prompt> {
        let mut prompt = Prompt::default();
        for word in text.split_ascii_whitespace() {
            match word {
                "none" => prompt.none = true,
                "login" | "select_account" => prompt.login = true,
                "consent" => prompt.consent = true,
                _ => return None,
            }
        }
        (!prompt.none || !(prompt.login || prompt.consent)).then_some(prompt)
    }
}

/// A refusal that the client is told through the browser: the word of RFC 6749 §4.1.2.1 or OpenID
/// Connect Core §3.1.2.6, and what the reference has besides it (§2.6.3): a number where there is
/// one, else a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorizationError {
    pub error: &'static str,
    pub error_code: &'static str,
    pub description: &'static str,
}

impl AuthorizationError {
    pub const USER_DENIED: AuthorizationError = of(
        "access_denied",
        "user_denied",
        "The user denied your request.",
    );
    pub const COMPANY_NOT_ENABLED: AuthorizationError = of(
        "access_denied",
        "53",
        "company is not enabled for this client",
    );
    pub const SCOPE_EXCEEDS_GRANT: AuthorizationError = of(
        "invalid_scope",
        "54",
        "requested scope exceeds granted scope",
    );
    pub const GRANT_NOT_ALLOWED: AuthorizationError = of(
        "unauthorized_client",
        "60",
        "these are not the grants you are looking for",
    );
    pub const DISPLAY_INVALID: AuthorizationError =
        of("invalid_request", "118", "display is invalid");
    pub const PROMPT_INVALID: AuthorizationError =
        of("invalid_request", "119", "prompt is invalid");
    pub const CONSENT_FOR_OFFLINE_ACCESS: AuthorizationError = of(
        "consent_required",
        "119",
        "prompt must be set to consent for offline_access",
    );
    pub const LOGIN_REQUIRED: AuthorizationError = of(
        "login_required",
        "login_required",
        "The user must sign in, and prompt=none forbids asking.",
    );
    pub const CONSENT_REQUIRED: AuthorizationError = of(
        "consent_required",
        "consent_required",
        "The user must agree first, and prompt=none forbids asking.",
    );
    pub const UNSUPPORTED_RESPONSE_TYPE: AuthorizationError = of(
        "unsupported_response_type",
        "unsupported_response_type",
        "response_type must be code.",
    );
    pub const REQUEST_NOT_SUPPORTED: AuthorizationError = of(
        "request_not_supported",
        "request_not_supported",
        "The request parameter is not supported.",
    );
    pub const REQUEST_URI_NOT_SUPPORTED: AuthorizationError = of(
        "request_uri_not_supported",
        "request_uri_not_supported",
        "The request_uri parameter is not supported.",
    );

    /// A parameter is missing or wrong: a sentence says which.
    pub const fn invalid_request(description: &'static str) -> AuthorizationError {
        of("invalid_request", "invalid_request", description)
    }
}

const fn of(
    error: &'static str,
    error_code: &'static str,
    description: &'static str,
) -> AuthorizationError {
    AuthorizationError {
        error,
        error_code,
        description,
    }
}

/// Where the browser is sent back to, and what goes with every answer.
#[derive(Clone, Copy, Debug)]
pub struct AuthorizationResponse<'a> {
    /// To the byte as it was registered.
    pub redirect_uri: &'a str,
    /// Given back as it came.
    pub state: Option<&'a str>,
    /// The origin that was asked (RFC 9207).
    pub issuer: &'a Origin,
}

impl AuthorizationResponse<'_> {
    /// The address that carries a code; `geolocation` is the person's data centre (OA-13).
    pub fn code(&self, geolocation: &Origin, code: &str) -> String {
        self.address(&[("geolocation", geolocation.as_str()), ("code", code)])
    }

    /// The address that carries a refusal.
    pub fn error(&self, error: &AuthorizationError) -> String {
        self.address(&[
            ("error", error.error),
            ("error_code", error.error_code),
            ("error_description", error.description),
        ])
    }

    /// Appended to the text, so that a registered query keeps its own encoding to the byte.
    fn address(&self, parameters: &[(&str, &str)]) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .extend_pairs(self.state.map(|state| ("state", state)))
            .append_pair("iss", self.issuer.as_str())
            .finish();
        let separator = match self.redirect_uri.split_once('?') {
            None => "?",
            Some((_, rest)) if rest.is_empty() || rest.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{}{separator}{query}", self.redirect_uri)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Form;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_rfc_s_own_proof_key_is_accepted_and_no_other() {
        let challenge = CodeChallenge::parse(CHALLENGE).unwrap();
        assert_eq!(CodeChallenge::of(VERIFIER), challenge);
        assert!(challenge.accepts(VERIFIER));
        for other in ["", "short", CHALLENGE, &VERIFIER[..42], &"a".repeat(129)] {
            assert!(!challenge.accepts(other), "{other}");
        }
        // A verifier that RFC 7636 does not allow, although its hash is right.
        for odd in ["short".to_owned(), "ü".repeat(30), "+".repeat(43)] {
            assert!(!CodeChallenge::of(&odd).accepts(&odd), "{odd}");
        }
        for no_hash in [
            "",
            "plain",
            VERIFIER.trim_end_matches('k'),
            "=",
            CHALLENGE.trim_end_matches("cM"),
        ] {
            assert_eq!(CodeChallenge::parse(no_hash), None, "{no_hash}");
        }
    }

    #[test]
    fn prompts_are_words_and_none_stands_alone() {
        let prompt = |none, login, consent| Prompt {
            none,
            login,
            consent,
        };
        assert_eq!(Prompt::parse(""), Some(Prompt::default()));
        assert_eq!(Prompt::parse("none"), Some(prompt(true, false, false)));
        assert_eq!(
            Prompt::parse("login consent"),
            Some(prompt(false, true, true))
        );
        for wrong in [
            "none login",
            "none consent",
            "Login",
            "create",
            "login,consent",
        ] {
            assert_eq!(Prompt::parse(wrong), None, "{wrong}");
        }
        for value in Prompt::VALUES {
            assert!(Prompt::parse(value).is_some(), "{value}");
        }
    }

    proptest! {
        #[test]
        fn state_comes_back_as_it_came_and_the_registered_query_stays(
            state in "\\PC{1,40}", query in prop_oneof![Just(""), Just("?"), Just("?a=%2Bb+c"), Just("?a&")],
        ) {
            let issuer: Origin = "https://glz.example".parse().unwrap();
            let registered = format!("https://partner.example/callback{query}");
            let response = AuthorizationResponse {
                redirect_uri: &registered,
                state: Some(&state),
                issuer: &issuer,
            };
            for address in [response.code(&issuer, "c"), response.error(&AuthorizationError::USER_DENIED)] {
                prop_assert!(address.starts_with(&registered));
                let (_, query) = address.split_once('?').unwrap();
                let query = Form::parse(query.as_bytes()).unwrap();
                prop_assert_eq!(query.get("state"), Some(state.as_str()));
                prop_assert_eq!(query.get("iss"), Some("https://glz.example"));
                prop_assert!(query.get("code").is_some() != query.get("error").is_some());
            }
        }
    }
}
