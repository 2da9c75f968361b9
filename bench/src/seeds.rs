//! What the database holds before anything is measured, and what clients know of it.

use std::collections::VecDeque;

use db::{Db, Tx};
use protocol::jose::SigningAlgorithm;
use protocol::{
    AppId, CompanyId, DAY, Edition, Place, Principal, PrincipalType, RefreshTokenValue, Timestamp,
    UserId,
};
use secrecy::ExposeSecret;
use store::registration::{self, NewApp};
use store::{Address, App, Company, Connection, ConnectionState, RefreshToken, RefreshTokenState};
use store::{RegisteredApp, companies, connections, minting, refresh_tokens};

use crate::copies::{Connected, Copies};
use crate::server::Platform;
use crate::{Arguments, Failure};

/// How much of each there is, for one app.
#[derive(Clone, Copy)]
pub struct Sizes {
    /// Connections whose refresh token is young: refreshing it writes nothing.
    pub connections: usize,
    /// Connections whose refresh token is a week old: the first refresh replaces it.
    pub aged: usize,
    /// Companies whose administrator has just clicked Connect.
    pub clicked: usize,
}

/// What the clients of one app know.
pub struct Seeds {
    pub client_id: AppId,
    pub client_secret: String,
    pub young: VecDeque<String>,
    pub aged: VecDeque<String>,
    /// Company and request token.
    pub clicked: VecDeque<(CompanyId, String)>,
}

/// Rows written in one transaction.
const CHUNK: usize = 2_000;
/// Clients present so many different tokens at most, from all over the table.
const KNOWN: usize = 50_000;

impl Sizes {
    pub fn of(arguments: &Arguments) -> Sizes {
        // More than a fast machine uses up in the time that is measured.
        let measured = arguments.seconds * (arguments.rounds + 1) as f64;
        Sizes {
            connections: arguments.connections,
            aged: (measured * 4_500.0) as usize,
            clicked: (measured * 4_500.0) as usize,
        }
    }
}

impl Seeds {
    pub async fn fill(
        platform: &Platform,
        algorithm: SigningAlgorithm,
        sizes: Sizes,
    ) -> Result<Seeds, Failure> {
        let app = platform.open().await?;
        let now = app.clock.now();
        let mut tx = app.db.write().await?;
        let registered = registration::register(&app, &mut tx, new_app(algorithm), now).await;
        let registered = registered.map_err(|error| error.to_string())?;
        tx.commit().await?;
        let filling = Filling {
            app: &app,
            client: &registered.app,
            now,
        };
        Ok(Seeds {
            client_id: registered.app.client_id,
            client_secret: registered.secret.expose_secret().to_owned(),
            young: filling.connected(sizes.connections, now).await?,
            aged: filling.connected(sizes.aged, now - 8 * DAY).await?,
            clicked: filling.clicked(sizes.clicked).await?,
        })
    }
}

fn new_app(algorithm: SigningAlgorithm) -> NewApp {
    let texts = |all: &[&str]| all.iter().copied().map(str::to_owned).collect();
    NewApp {
        name: format!("Bench {algorithm}"),
        grants: texts(&["password", "refresh_token", "client_credentials"]),
        scopes: texts(&["openid", "company.read", "expense.report.read"]),
        redirect_uris: Vec::new(),
        connect_uri: None,
        allowed_principal: None,
        algorithm,
        principal_type: PrincipalType::Company,
        require_pkce: false,
    }
}

struct Filling<'a> {
    app: &'a App,
    client: &'a RegisteredApp,
    now: Timestamp,
}

impl Filling<'_> {
    /// Connections whose refresh token was issued at `issued` and seen in use since.
    async fn connected(
        &self,
        count: usize,
        issued: Timestamp,
    ) -> Result<VecDeque<String>, Failure> {
        let mut values = Vec::new();
        let every = count.div_ceil(KNOWN).max(1);
        for chunk in chunks(count) {
            let mut tx = self.app.db.unhurried().write().await?;
            let mut written: Option<(Connected, Copies)> = None;
            for number in chunk {
                // Microseconds apart, as if they had come one after the other.
                let at = Timestamp::from_micros(issued.as_micros() - number as i64);
                let connected = self.one(at);
                if number % every == 0 {
                    values.push(connected.value.expose().to_owned());
                }
                match &mut written {
                    Some((_, copies)) if matches!(self.app.db, Db::Postgres(_)) => {
                        copies.add(&connected);
                    }
                    _ => {
                        self.write(&mut tx, &connected).await?;
                        written = Some((connected, Copies::default()));
                    }
                }
            }
            if let Some((original, copies)) = &written {
                copies.write(&mut tx, original).await?;
            }
            tx.commit().await?;
        }
        Ok(scattered(&values))
    }

    async fn clicked(&self, count: usize) -> Result<VecDeque<(CompanyId, String)>, Failure> {
        let mut values = VecDeque::new();
        for chunk in chunks(count) {
            let mut tx = self.app.db.unhurried().write().await?;
            for _ in chunk {
                let company = self.company(&mut tx).await?;
                let mint = minting::Mint {
                    principal: Principal::Company(company),
                    client: self.client,
                    user: UserId::from_uuid(self.app.entropy.uuid()),
                    attempt: None,
                };
                let token = minting::request_token(self.app, &mut tx, mint, self.now).await?;
                values.push_back((company, token.expose().to_owned()));
            }
            tx.commit().await?;
        }
        Ok(values)
    }

    async fn company(&self, tx: &mut Tx) -> Result<CompanyId, Failure> {
        let company = company(CompanyId::from_uuid(self.app.entropy.uuid()));
        companies::insert(tx, &company).await?;
        Ok(company.id)
    }

    fn one(&self, issued: Timestamp) -> Connected {
        let settings = &self.app.settings;
        let company = company(CompanyId::from_uuid(self.app.entropy.uuid()));
        let principal = Principal::Company(company.id);
        let parent = self.app.entropy.uuid().to_string();
        let (key, id) = (
            self.app.refresh_derivation_key(),
            issued.as_micros() * 1_024,
        );
        let place = Place {
            row: id,
            lineage: id,
            generation: 0,
        };
        let value = RefreshTokenValue::derive(key, &parent, place);
        let token = RefreshToken {
            id,
            principal,
            app: self.client.client_id,
            lineage: id,
            generation: 0,
            secret_hash: value.hash().as_bytes().to_vec(),
            scopes: self.client.scopes.clone(),
            issued_at: issued,
            expires_at: self.now + settings.refresh_token_lifetime,
            absolute_expires_at: issued + settings.refresh_token_cap,
            proven_at: Some(issued),
            successor: None,
            retries: 0,
            state: RefreshTokenState::Live,
        };
        let connection = Connection {
            principal,
            app: self.client.client_id,
            state: ConnectionState::Connected,
            connected_at: issued,
            connected_by: UserId::from_uuid(self.app.entropy.uuid()),
            expires_at: token.expires_at,
        };
        Connected {
            company,
            connection,
            token,
            value,
        }
    }

    async fn write(&self, tx: &mut Tx, connected: &Connected) -> Result<(), Failure> {
        companies::insert(tx, &connected.company).await?;
        if !refresh_tokens::insert(tx, &connected.token).await? {
            return Err("two refresh tokens of one microsecond".into());
        }
        Ok(connections::put(tx, &connected.connection).await?)
    }
}

fn company(id: CompanyId) -> Company {
    let text = str::to_owned;
    Company {
        id,
        name: format!("Company {id}"),
        edition: Edition::Professional,
        data_center: text("us2"),
        internet_domain: text("company.example"),
        default_language: text("en-us"),
        employees: 120,
        address: Address {
            street_address: text("1 Quay Street"),
            locality: text("Brackwater"),
            region: text("WA"),
            country: text("US"),
            postal_code: text("98000"),
        },
        enabled: true,
    }
}

/// In another order, so that no two that stand beside each other in the table follow each other.
fn scattered(values: &[String]) -> VecDeque<String> {
    let mut step = values.len() / 3 + 1;
    while step > 1 && common_divisor(step, values.len()) > 1 {
        step -= 1;
    }
    let at = |number: usize| values[number * step % values.len()].clone();
    (0..values.len()).map(at).collect()
}

fn common_divisor(one: usize, other: usize) -> usize {
    match other {
        0 => one,
        other => common_divisor(other, one % other),
    }
}

fn chunks(count: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let begins = (0..count).step_by(CHUNK);
    begins.map(move |begin| begin..count.min(begin + CHUNK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scattered_values_are_all_there_and_apart() {
        for count in [1, 2, 9, 1_000] {
            let values: Vec<String> = (0..count).map(|number| number.to_string()).collect();
            let mut found: Vec<String> = scattered(&values).into();
            if count == 1_000 {
                assert_ne!(found[1], "1");
            }
            found.sort_by_key(|text| text.parse::<usize>().ok());
            assert_eq!(found, values);
        }
        assert!(scattered(&[]).is_empty());
    }
}
