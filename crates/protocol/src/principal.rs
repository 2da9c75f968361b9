use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{CompanyId, UserId};

/// The kinds of token subject; the claim `concur.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PrincipalType {
    Company,
    User,
    App,
}

impl PrincipalType {
    pub const fn as_str(self) -> &'static str {
        match self {
            PrincipalType::Company => "company",
            PrincipalType::User => "user",
            PrincipalType::App => "app",
        }
    }
}

impl fmt::Display for PrincipalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whom a connection stands for: a whole company, or one of its users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    Company(CompanyId),
    User(CompanyId, UserId),
}

impl Principal {
    pub const fn company(self) -> CompanyId {
        match self {
            Principal::Company(company) | Principal::User(company, _) => company,
        }
    }

    /// The token's `sub`; the `id` of the connect redirect; the `username` of the exchange.
    pub const fn id(self) -> Uuid {
        match self {
            Principal::Company(company) => company.as_uuid(),
            Principal::User(_, user) => user.as_uuid(),
        }
    }

    pub const fn kind(self) -> PrincipalType {
        match self {
            Principal::Company(_) => PrincipalType::Company,
            Principal::User(..) => PrincipalType::User,
        }
    }

    /// Puts together what a table keeps in three columns.
    pub fn from_parts(company: CompanyId, kind: &str, id: Uuid) -> Option<Principal> {
        match kind {
            "company" if id == company.as_uuid() => Some(Principal::Company(company)),
            "user" => Some(Principal::User(company, UserId::from_uuid(id))),
            _ => None,
        }
    }
}

/// The two editions of the platform (reference §1.4, §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Edition {
    Professional,
    Standard,
}

impl Edition {
    pub const fn as_str(self) -> &'static str {
        match self {
            Edition::Professional => "Professional",
            Edition::Standard => "Standard",
        }
    }

    /// `com:concur:Expense:0.1`.`marketingName`, from which clients tell the edition.
    pub const fn marketing_name(self) -> &'static str {
        match self {
            Edition::Professional => "Enterprise",
            Edition::Standard => "Standard Edition",
        }
    }

    pub const fn offering_code(self) -> &'static str {
        match self {
            Edition::Professional => "CES",
            Edition::Standard => "DIRECT-BREEZE+",
        }
    }

    /// The rule of reference §7.1: `CTE` or `Enterprise` is Professional, `Standard…` is Standard.
    pub fn from_marketing_name(name: &str) -> Option<Edition> {
        match name {
            "CTE" | "Enterprise" => Some(Edition::Professional),
            _ if name.contains("Standard") => Some(Edition::Standard),
            _ => None,
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Edition {
    type Err = String;
    fn from_str(text: &str) -> Result<Edition, String> {
        match text {
            "Professional" => Ok(Edition::Professional),
            "Standard" => Ok(Edition::Standard),
            _ => Err(format!("{text:?} is neither Professional nor Standard")),
        }
    }
}
