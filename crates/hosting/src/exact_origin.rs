use protocol::Origin;
use serde::Deserialize;

/// An origin and nothing else: a path that would be dropped silently is a mistake. Plain http only on
/// the loopback address: to look at a deployment on one machine.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ExactOrigin(pub Origin);

impl TryFrom<String> for ExactOrigin {
    type Error = String;

    fn try_from(text: String) -> Result<ExactOrigin, String> {
        let origin: Origin = text.parse().map_err(|error| format!("{error}"))?;
        if origin.as_str() != text.trim_end_matches('/') {
            return Err(format!("{text:?} must be an origin only, as {origin}"));
        }
        let host = origin.authority();
        let own_machine = ["127.0.0.1", "[::1]"].iter().any(|own| {
            host.strip_prefix(own)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        });
        if origin.is_https() || own_machine {
            Ok(ExactOrigin(origin))
        } else {
            Err(format!("{text:?} must begin with https://"))
        }
    }
}
