//! The authentication service: token endpoint, signing keys, app management
