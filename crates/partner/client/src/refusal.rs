use std::fmt;

use protocol::ErrorBody;

/// What is to be done about a refusal (S49; reference §2.6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No answer, a 5xx, 429, or maintenance (134): the same request may succeed later.
    Transient,
    /// The platform names a data centre that is not in the allow-list.
    ElsewhereNotAllowed,
    /// The request token is unknown or past its 24 hours (5, 19, 83, 103).
    LinkExpired,
    /// The token was issued to another app (136, 105).
    WrongApp,
    /// The company or the app has been switched off (53, 59, 123).
    NotEnabled,
    /// This partner's own set-up is wrong (60 to 65, 120, 135).
    Configuration,
    /// The refresh token is expired or revoked (108).
    ConnectionGone,
    /// The answer is about somebody else, or its id_token cannot be believed (SE-23, SE-25).
    NotBelieved,
    /// An API did not accept the access token (401).
    AccessTokenRefused,
    /// Anything else: shown with its number and description.
    Other,
}

/// What a vault does when a refresh is refused (S49).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// Keep everything and try again later, with jitter.
    Retry,
    /// Try what else is stored; when nothing is left, only the customer can reconnect (108).
    Reconnect,
    /// The customer's administrator must switch the connection on again (53, 123).
    Enable,
    /// The app itself is refused: whoever runs it is alarmed, and no customer is (59 to 65, 105,
    /// 107, 120, 135, and a data centre outside the allow-list).
    Alarm,
    /// Keep everything, and show the number and the description to a person.
    Report,
}

/// Why the platform, or the way to it, said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: Reason,
    /// The platform's error number, when it gave one.
    pub code: Option<u16>,
    /// The platform's description, or ours where it gave none. Never a secret.
    pub description: String,
}

impl Reason {
    /// The class of an error number; numbers the reference does not know are [`Reason::Other`].
    pub fn of_code(code: u16) -> Reason {
        match code {
            5 | 19 | 83 | 103 => Reason::LinkExpired,
            105 | 136 => Reason::WrongApp,
            53 | 59 | 123 => Reason::NotEnabled,
            60..=65 | 120 | 135 => Reason::Configuration,
            108 => Reason::ConnectionGone,
            134 => Reason::Transient,
            _ => Reason::Other,
        }
    }

    /// Its name in tables and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Reason::Transient => "transient",
            Reason::ElsewhereNotAllowed => "elsewhere_not_allowed",
            Reason::LinkExpired => "link_expired",
            Reason::WrongApp => "wrong_app",
            Reason::NotEnabled => "not_enabled",
            Reason::Configuration => "configuration",
            Reason::ConnectionGone => "connection_gone",
            Reason::NotBelieved => "not_believed",
            Reason::AccessTokenRefused => "access_token_refused",
            Reason::Other => "other",
        }
    }

    /// The reason that [`Reason::as_str`] named; unknown names are [`Reason::Other`].
    pub fn parse(name: &str) -> Reason {
        Reason::ALL
            .into_iter()
            .find(|reason| reason.as_str() == name)
            .unwrap_or(Reason::Other)
    }

    const ALL: [Reason; 10] = [
        Reason::Transient,
        Reason::ElsewhereNotAllowed,
        Reason::LinkExpired,
        Reason::WrongApp,
        Reason::NotEnabled,
        Reason::Configuration,
        Reason::ConnectionGone,
        Reason::NotBelieved,
        Reason::AccessTokenRefused,
        Reason::Other,
    ];
}

impl Refusal {
    pub fn new(reason: Reason, description: impl Into<String>) -> Refusal {
        Refusal {
            reason,
            code: None,
            description: description.into(),
        }
    }

    /// Sorts the answer of the token endpoint. The number decides, never the status, except that
    /// a 5xx or 429 without a number means "later".
    pub(crate) fn of_token_answer(status: u16, body: Option<&ErrorBody>) -> Refusal {
        let Some(body) = body else {
            return Refusal::of_status(status);
        };
        let reason = match Reason::of_code(body.code) {
            Reason::Other if is_transient(status) => Reason::Transient,
            known => known,
        };
        Refusal {
            reason,
            code: Some(body.code),
            description: body.error_description.clone(),
        }
    }

    /// Sorts the answer of an API, which decides by its status.
    pub(crate) fn of_status(status: u16) -> Refusal {
        let reason = match status {
            401 => Reason::AccessTokenRefused,
            status if is_transient(status) => Reason::Transient,
            _ => Reason::Other,
        };
        Refusal::new(reason, format!("answered with status {status}"))
    }

    /// What to do about it when it came of a refresh. Anything that is not certain keeps the
    /// connection as it is: 5 is ambiguous and never means "revoked".
    pub fn remedy(&self) -> Remedy {
        match (self.reason, self.code) {
            (Reason::Transient, _) => Remedy::Retry,
            (Reason::ConnectionGone, _) => Remedy::Reconnect,
            (_, Some(53 | 123)) => Remedy::Enable,
            (Reason::Configuration | Reason::ElsewhereNotAllowed, _) => Remedy::Alarm,
            (_, Some(59 | 105 | 107)) => Remedy::Alarm,
            _ => Remedy::Report,
        }
    }

    pub fn is_transient(&self) -> bool {
        self.reason == Reason::Transient
    }
}

fn is_transient(status: u16) -> bool {
    status >= 500 || status == 429
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "{} (code {code})", self.description),
            None => f.write_str(&self.description),
        }
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s49_every_code_of_the_reference_has_its_class() {
        let table = [
            (Reason::LinkExpired, &[5, 19, 83, 103][..]),
            (Reason::NotEnabled, &[53, 59, 123]),
            (Reason::WrongApp, &[105, 136]),
            (Reason::Configuration, &[60, 61, 62, 63, 64, 65, 120, 135]),
            (Reason::ConnectionGone, &[108]),
            (Reason::Transient, &[134]),
        ];
        let all = [
            5, 10, 11, 12, 13, 14, 16, 19, 20, 21, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62,
            63, 64, 65, 80, 81, 83, 84, 85, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 115,
            117, 118, 119, 120, 121, 122, 123, 124, 134, 135, 136, 139,
        ];
        for code in all {
            let expected = table
                .iter()
                .find(|(_, codes)| codes.contains(&code))
                .map_or(Reason::Other, |(reason, _)| *reason);
            assert_eq!(Reason::of_code(code), expected, "code {code}");
        }
    }

    #[test]
    fn s49_every_code_of_the_reference_has_its_remedy() {
        let table = [
            (Remedy::Retry, &[134][..]),
            (Remedy::Reconnect, &[108]),
            (Remedy::Enable, &[53, 123]),
            (
                Remedy::Alarm,
                &[59, 60, 61, 62, 63, 64, 65, 105, 107, 120, 135],
            ),
        ];
        for code in 0..1_000 {
            let expected = table
                .iter()
                .find(|(_, codes)| codes.contains(&code))
                .map_or(Remedy::Report, |(remedy, _)| *remedy);
            let refusal = Refusal {
                code: Some(code),
                ..Refusal::new(Reason::of_code(code), "")
            };
            assert_eq!(refusal.remedy(), expected, "code {code}");
        }
        let none = Refusal::of_status(503);
        assert_eq!(none.remedy(), Remedy::Retry);
    }

    #[test]
    fn s49_only_108_says_that_the_connection_is_gone() {
        let gone: Vec<u16> = (0..1_000)
            .filter(|code| Reason::of_code(*code) == Reason::ConnectionGone)
            .collect();
        assert_eq!(gone, [108]);
    }

    #[test]
    fn an_unknown_number_with_a_server_error_is_transient() {
        let body: ErrorBody = serde_json::from_str(
            r#"{"code":999,"error":"server_error","error_description":"later"}"#,
        )
        .unwrap();
        let reason = |status| Refusal::of_token_answer(status, Some(&body)).reason;
        assert_eq!(reason(503), Reason::Transient);
        assert_eq!(reason(400), Reason::Other);
        assert_eq!(
            Refusal::of_token_answer(429, None).reason,
            Reason::Transient
        );
    }

    #[test]
    fn names_read_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), reason);
        }
    }
}
