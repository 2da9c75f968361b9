//! A typed HTTP client of the wire: exchange, refresh, revoke, call
