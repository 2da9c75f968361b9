//! The platform's tables, one file per table, and [`App`], which every request is handled with.
//!
//! Architecture invariant: no other platform crate contains SQL. Every function on a company's data
//! takes the company first and names it in its statement.

pub mod access;
mod app;
pub mod app_secrets;
pub mod apps;
pub mod audit;
pub mod audit_events;
mod audit_head;
pub mod authorization_codes;
mod authorization_request;
mod columns;
pub mod companies;
pub mod company_changes;
pub mod connect_attempts;
pub mod connection_events;
pub mod connections;
pub mod customer_apps;
pub mod customer_registration;
pub mod expense_reports;
mod held_keys;
pub mod housekeeping;
pub mod key_rotation;
mod keys;
pub mod leads;
pub mod leases;
pub mod legal_texts;
pub mod listing_images;
pub mod listings;
pub mod minting;
pub mod not_before;
pub mod one_time_passwords;
pub mod operator_changes;
pub mod password_attempts;
pub mod rate_limits;
pub mod redirect_uris;
pub mod refresh_tokens;
pub mod registration;
pub mod request_tokens;
pub mod restores;
pub mod revoked_access_tokens;
mod schema;
pub mod scopes;
pub mod secret_rotation;
mod server_secrets;
pub mod sessions;
pub mod signing_keys;
pub mod standing;
pub mod terms_acceptances;
pub mod users;

pub use app::{App, CallLimits, OpenError, Settings};
pub use app_secrets::{AppSecret, SecretRecord};
pub use apps::RegisteredApp;
pub use authorization_codes::AuthorizationCode;
pub use authorization_request::{
    AUTHORIZATION_REQUEST_LIFETIME, AuthorizationRequest, BoundSession,
};
pub use companies::{Address, Company};
pub use connect_attempts::{Attempt, AttemptState};
pub use connection_events::{ConnectionEvent, EventKind};
pub use connections::{Connection, ConnectionState};
pub use customer_apps::{ApplicationType, CustomerApp, Stage};
pub use expense_reports::{ExpenseReport, ReportFilter, Span};
pub use held_keys::MAX_STALENESS;
pub use key_rotation::KeyTimes;
pub use keys::Keys;
pub use leads::Lead;
pub use legal_texts::{LegalText, TextKind};
pub use listing_images::ListingImage;
pub use listings::{Listing, ListingContent, ListingLinks, Screenshot};
pub use not_before::NotBefore;
pub use one_time_passwords::OneTimePasswordRow;
pub use refresh_tokens::{RefreshToken, RefreshTokenState};
pub use request_tokens::RequestToken;
pub use restores::Restore;
pub use schema::migrations;
pub use scopes::Scope;
pub use secret_rotation::{SecretRefusal, SecretRotation};
pub use sessions::Session;
pub use signing_keys::{KeyRecord, KeyState};
pub use terms_acceptances::Acceptance;
pub use users::User;

use db::Migration;

/// The platform's schema as this release has it, oldest first.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_connect",
        sql: include_str!("../../../../migrations/platform/0001_connect.sql"),
    },
    Migration {
        name: "0002_principals",
        sql: include_str!("../../../../migrations/platform/0002_principals.sql"),
    },
    Migration {
        name: "0003_keys",
        sql: include_str!("../../../../migrations/platform/0003_keys.sql"),
    },
    Migration {
        name: "0007_housekeeping",
        sql: include_str!("../../../../migrations/platform/0007_housekeeping.sql"),
    },
    Migration {
        name: "0008_audit",
        sql: include_str!("../../../../migrations/platform/0008_audit.sql"),
    },
    Migration {
        name: "0009_authorization_codes",
        sql: include_str!("../../../../migrations/platform/0009_authorization_codes.sql"),
    },
    Migration {
        name: "0010_one_time_passwords",
        sql: include_str!("../../../../migrations/platform/0010_one_time_passwords.sql"),
    },
    Migration {
        name: "0011_customer_apps",
        sql: include_str!("../../../../migrations/platform/0011_customer_apps.sql"),
    },
    Migration {
        name: "0012_not_before",
        sql: include_str!("../../../../migrations/platform/0012_not_before.sql"),
    },
    Migration {
        name: "0013_restores",
        sql: include_str!("../../../../migrations/platform/0013_restores.sql"),
    },
    Migration {
        name: "0014_rate_limits",
        sql: include_str!("../../../../migrations/platform/0014_rate_limits.sql"),
    },
    Migration {
        name: "0015_row_security",
        sql: include_str!("../../../../migrations/platform/0015_row_security.sql"),
    },
];
