//! The partner's side of the connect flow: product pages, landing pages, and the console of the
//! partner's staff.
//!
//! A landing page holds the request token sealed, asks for an account or a verification code, lets
//! the person confirm, and only then exchanges (LP-22). Nothing is written for good before the
//! platform has confirmed whom the link stands for.

mod app_page;
mod brand;
mod config;
mod connect;
mod console;
mod customer_mail;
mod document;
mod environment;
mod error_page;
mod fields;
mod frame;
mod home;
mod inquiry_watch;
mod language;
mod limits;
mod links;
mod own_frame;
mod partner;
mod product;
mod reader;
mod seed;
mod settings;
mod sign_up_step;
mod text;
mod visitor;
mod when;
mod words;

pub use config::{AppConfig, CallToAction, Config, ConfigError, Document, Platform};
pub use customer_mail::words_to_customers;
pub use inquiry_watch::{InquirySettings, InquiryWatch};
pub use language::Language;
pub use links::AppLinks;
pub use own_frame::OwnFrame;
pub use partner::{Partner, credentials, routes, site};
pub use seed::{NewStaff, seed_staff};
pub use settings::AppSettings;
pub use sign_up_step::{SignUpField, SignUpStep};
pub use text::Text;
