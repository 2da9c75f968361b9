//! The platform's tables, one file per table; the only platform crate with SQL
