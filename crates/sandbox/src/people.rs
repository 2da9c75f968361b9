//! The demo's companies and the people who sign in there.

use ambient::Entropy;
use db::Tx;
use protocol::Timestamp;
use store::{Company, User, companies, expense_reports, users};
use web::password;

use crate::facts::{CompanyFacts, UserFacts};
use crate::reports::{Author, ReportMaker};
use crate::seeds::{self, CompanySeed, UserSeed};

/// Everybody in the demo has this password. It opens nothing else.
pub const PASSWORD: &str = "demo-connect";
pub const PERMISSION: &str = "WebServicesAdmin";

/// Reports in a company for each hundred employees, within bounds that make paging worth seeing.
const REPORTS: std::ops::RangeInclusive<i64> = 24..=150;

/// Writes all companies with their people and their expense reports.
pub async fn seed(tx: &mut Tx, entropy: &Entropy, now: Timestamp) -> Result<(), db::Error> {
    // One hash for all: they have one password, and hashing twenty takes a second.
    let hash = password::hash(PASSWORD.into(), entropy.bytes()).await;
    for seed in seeds::companies() {
        let company = Company {
            id: seed.id,
            name: seed.name.clone(),
            edition: seed.edition,
            data_center: seed.data_center.clone(),
            internet_domain: seed.internet_domain.clone(),
            default_language: seed.default_language.clone(),
            employees: seed.employees,
            address: seed.address.clone(),
            enabled: true,
        };
        companies::insert(tx, &company).await?;
        for user in &seed.users {
            users::insert(tx, &person(&seed, user, &hash)).await?;
        }
        seed_reports(tx, &seed, now).await?;
    }
    Ok(())
}

async fn seed_reports(tx: &mut Tx, seed: &CompanySeed, now: Timestamp) -> Result<(), db::Error> {
    let author = |user: &UserSeed| Author {
        login: user.login.to_lowercase(),
        name: format!("{}, {}", user.family_name, user.given_name),
        country: user.country.clone(),
    };
    let mut maker = ReportMaker::new(seed.id, &seed.currency, now);
    let people: Vec<Author> = seed.users.iter().map(author).collect();
    let count = (seed.employees * 2 / 3).clamp(*REPORTS.start(), *REPORTS.end());
    for number in 0..count {
        let report = maker.report(number, &people);
        expense_reports::insert(tx, seed.id, &report).await?;
    }
    Ok(())
}

fn person(company: &CompanySeed, seed: &UserSeed, hash: &str) -> User {
    User {
        company: company.id,
        id: seed.id,
        login: seed.login.clone(),
        password_hash: hash.to_owned(),
        given_name: seed.given_name.clone(),
        family_name: seed.family_name.clone(),
        title: seed.title.clone(),
        language: seed.language.clone(),
        country: seed.country.clone(),
        web_services_admin: seed
            .permissions
            .iter()
            .any(|permission| permission == PERMISSION),
        enabled: true,
    }
}

/// The same people, for `demo.json`.
pub fn facts() -> Vec<CompanyFacts> {
    let user = |seed: &UserSeed| UserFacts {
        id: seed.id,
        login: seed.login.to_lowercase(),
        password: PASSWORD.to_owned(),
        name: format!("{} {}", seed.given_name, seed.family_name),
        permissions: seed.permissions.clone(),
    };
    let company = |seed: CompanySeed| CompanyFacts {
        id: seed.id,
        name: seed.name,
        edition: seed.edition.to_string(),
        data_center: seed.data_center,
        users: seed.users.iter().map(user).collect(),
    };
    seeds::companies().into_iter().map(company).collect()
}

/// Sign-ins that the sign-in page offers: of each company an administrator and somebody who is not.
pub fn sign_ins() -> Vec<(String, String)> {
    let is_admin = |user: &&UserSeed| user.permissions.iter().any(|held| held == PERMISSION);
    let two = |company: CompanySeed| {
        let admin = company.users.iter().find(is_admin).cloned();
        let other = company.users.iter().find(|user| !is_admin(user)).cloned();
        [admin, other].into_iter().flatten().collect::<Vec<_>>()
    };
    let pair = |user: UserSeed| (user.login.to_lowercase(), PASSWORD.to_owned());
    seeds::companies()
        .into_iter()
        .flat_map(two)
        .map(pair)
        .collect()
}
