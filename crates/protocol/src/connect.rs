use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::{Form, Principal, RequestTokenValue, UserId};

/// The address to which the administrator's new window is sent (CF-13): the registered connect URI
/// with `id`, `requestToken` and, for a company, `userId` appended; what it had of its own is kept.
pub fn connect_redirect(
    connect_uri: &Url,
    principal: Principal,
    request_token: &RequestTokenValue,
    clicked_by: UserId,
) -> Url {
    let mut target = connect_uri.clone();
    // Appended to the text, so that the registered query keeps its own encoding to the byte.
    let mut query = target
        .query()
        .filter(|q| !q.is_empty())
        .map(|q| format!("{q}&"))
        .unwrap_or_default();
    query.push_str(&format!(
        "id={}&requestToken={}",
        principal.id(),
        request_token.expose()
    ));
    if matches!(principal, Principal::Company(_)) {
        query.push_str(&format!("&userId={clicked_by}"));
    }
    target.set_query(Some(&query));
    target
}

/// What arrives at a partner's landing page.
pub struct ConnectParameters {
    /// Company or user: the `username` of the exchange.
    pub id: Uuid,
    /// Opaque, at most 255 characters: the `password` of the exchange.
    pub request_token: secrecy::SecretString,
    /// Who clicked Connect, when the platform says so. Only for the log.
    pub user_id: Option<UserId>,
}

impl ConnectParameters {
    /// Reads them whatever the letter case of their names (CF-14).
    ///
    /// `None` when the query does not carry a well-formed `id` and `requestToken`.
    pub fn from_query(query: &Form) -> Option<ConnectParameters> {
        let id = query.get_ignoring_case("id")?;
        let token = query.get_ignoring_case("requestToken")?;
        let printable = token.len() <= 255 && token.bytes().all(|b| b.is_ascii_graphic());
        let id = (id.len() == 36)
            .then(|| Uuid::try_parse(id).ok())
            .flatten()?;
        printable.then(|| ConnectParameters {
            id,
            request_token: token.into(),
            user_id: query
                .get_ignoring_case("userId")
                .and_then(|id| id.parse().ok()),
        })
    }
}

/// What `quickconnect request-token` prints: the same three values as the redirect carries.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestTokenAnswer {
    pub id: Uuid,
    pub request_token: String,
    pub user_id: UserId,
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::CompanyId;

    fn redirect(connect_uri: &str) -> String {
        let company = CompanyId::from_uuid(Uuid::from_u128(1));
        let user = UserId::from_uuid(Uuid::from_u128(2));
        let token = RequestTokenValue::mint([7; 32]);
        connect_redirect(
            &connect_uri.parse().unwrap(),
            Principal::Company(company),
            &token,
            user,
        )
        .to_string()
    }

    #[test]
    fn an_existing_query_is_kept_to_the_byte() {
        let target = redirect("https://partner.example:3030/connect?env=a%2Bb+c&x");
        assert!(target.starts_with("https://partner.example:3030/connect?env=a%2Bb+c&x&id=0000"));
    }

    #[test]
    fn the_partner_reads_what_the_platform_wrote() {
        let target: Url = redirect("https://partner.example/connect").parse().unwrap();
        let query = Form::parse(target.query().unwrap().as_bytes()).unwrap();
        let read = ConnectParameters::from_query(&query).unwrap();
        assert_eq!(read.id, Uuid::from_u128(1));
        assert_eq!(read.user_id, Some(UserId::from_uuid(Uuid::from_u128(2))));
        assert!(read.request_token.expose_secret().starts_with("at-"));
    }

    #[test]
    fn parameter_names_are_read_in_any_letter_case() {
        let query = b"ID=8568a4cd-8ffc-49d6-9417-be2d69aa075f&requesttoken=t&userID=9bdded51-00b8-4f84-8bef-6d3afe727007";
        let read = ConnectParameters::from_query(&Form::parse(query).unwrap()).unwrap();
        assert!(read.user_id.is_some());
    }

    #[test]
    fn what_is_no_connect_request_is_told_apart() {
        for query in [
            "",
            "id=1&requestToken=x",
            "id=8568a4cd-8ffc-49d6-9417-be2d69aa075f",
            "requestToken=x",
        ] {
            assert!(
                ConnectParameters::from_query(&Form::parse(query.as_bytes()).unwrap()).is_none()
            );
        }
    }
}
