//! One kind of request: what is sent, and what the next one of it says.

use std::collections::VecDeque;

use form_urlencoded::Serializer;
use protocol::jose::SigningAlgorithm;

use crate::seeds::Seeds;

pub struct Scenario {
    /// As it stands in the report: `refresh, RS256`.
    pub name: String,
    /// Signatures in its answer.
    pub signatures: u32,
    pub algorithm: Option<SigningAlgorithm>,
    pub to: To,
    bodies: Bodies,
}

/// Where it is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// A GET of the listener for operators.
    Health(&'static str),
    /// A GET of the landing zone.
    Get(&'static str),
    /// A form for the landing zone.
    Post(&'static str),
}

enum Bodies {
    None,
    /// The same again and again, in turn.
    Cycle(VecDeque<String>),
    /// Each once: what it says is used up by the request.
    Once(VecDeque<String>),
}

pub const TOKEN: &str = "/oauth2/v0/token";

impl Scenario {
    /// The least that this server does for a request.
    pub fn hello() -> Scenario {
        Scenario::get("hello world (/livez)", To::Health("/livez"))
    }

    pub fn jwks() -> Scenario {
        Scenario::get("JWKS", To::Get("/oauth2/v0/jwks"))
    }

    fn get(name: &str, to: To) -> Scenario {
        Scenario {
            name: name.to_owned(),
            signatures: 0,
            algorithm: None,
            to,
            bodies: Bodies::None,
        }
    }

    /// Everything that an app does at the authentication service.
    pub fn of(algorithm: SigningAlgorithm, seeds: Seeds) -> [Scenario; 5] {
        let refresh = |token: &String| {
            seeds.form(&[("grant_type", "refresh_token"), ("refresh_token", token)])
        };
        let exchange = |(company, token): &(protocol::CompanyId, String)| {
            seeds.form(&[
                ("grant_type", "password"),
                ("credtype", "authtoken"),
                ("username", &company.to_string()),
                ("password", token),
            ])
        };
        let young = seeds.young.iter().map(refresh).collect();
        let asked = |token: &String| seeds.form(&[("token", token)]);
        let alone = seeds.form(&[("grant_type", "client_credentials")]);
        let make = |name: &str, signatures, path, bodies| Scenario {
            name: format!("{name}, {algorithm}"),
            signatures,
            algorithm: Some(algorithm),
            to: To::Post(path),
            bodies,
        };
        [
            make("refresh", 2, TOKEN, Bodies::Cycle(young)),
            make(
                "refresh that rotates",
                2,
                TOKEN,
                Bodies::Once(seeds.aged.iter().map(refresh).collect()),
            ),
            make(
                "exchange",
                2,
                TOKEN,
                Bodies::Once(seeds.clicked.iter().map(exchange).collect()),
            ),
            make(
                "client credentials",
                1,
                TOKEN,
                Bodies::Cycle([alone].into()),
            ),
            make(
                "introspection",
                0,
                "/oauth2/v0/introspect",
                Bodies::Cycle(seeds.young.iter().map(asked).collect()),
            ),
        ]
    }

    /// Whether others are compared with it.
    pub fn is_reference(&self) -> bool {
        matches!(self.to, To::Health(_))
    }

    /// What the next request says; `None` when everything has been used up.
    pub fn next_body(&mut self) -> Option<String> {
        match &mut self.bodies {
            Bodies::None => Some(String::new()),
            Bodies::Once(left) => left.pop_front(),
            Bodies::Cycle(all) => {
                let next = all.pop_front()?;
                all.push_back(next.clone());
                Some(next)
            }
        }
    }
}

impl Seeds {
    /// A form with the app's credentials.
    pub fn form(&self, fields: &[(&str, &str)]) -> String {
        let mut form = Serializer::new(String::new());
        form.append_pair("client_id", &self.client_id.to_string());
        form.append_pair("client_secret", &self.client_secret);
        form.extend_pairs(fields);
        form.finish()
    }
}
