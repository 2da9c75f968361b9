//! What a partner keeps: connections with sealed tokens, accounts, verification codes, flows; and
//! the broker that hands out current access tokens, and the keeper that keeps connections alive.
//!
//! The only partner crate with SQL; each table's statements stand in the file named after it.
//! Functions give `db::Error`, so that a page answers 503 when the database is away.

mod columns;
mod staff;
mod vault;
mod verification_codes;

pub use staff::Staff;
pub use vault::{OpenError, Vault};
pub use verification_codes::{
    CODE_LIFETIME, Entrant, IssuedCode, NewCode, VerificationCode, normalize_code,
};
