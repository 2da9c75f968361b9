//! What `POST /oauth2/v0/otp` and the grant `otp` read alike.

use protocol::{ErrorCode, Form, TokenHash};
use store::App;

/// What an app cannot use for parameters of its own (OA-41), at either endpoint.
const RESERVED: [&str; 7] = [
    "client_id",
    "client_secret",
    "channel_type",
    "channel_handle",
    "scope",
    "grant_type",
    "otp",
];

/// Where a one-time password is sent: by e-mail to an address.
pub struct Channel {
    /// Lower case.
    pub address: String,
}

impl Channel {
    /// 57 and 58 when a part is missing, 80 when it is no e-mail, 81 when there is no such address.
    pub fn read(form: &Form) -> Result<Channel, ErrorCode> {
        let kind = form.get("channel_type");
        let kind = kind.ok_or(ErrorCode::ChannelTypeMissing)?;
        let handle = form.get("channel_handle");
        let handle = handle.ok_or(ErrorCode::ChannelHandleMissing)?;
        if kind != "email" {
            return Err(ErrorCode::BadChannelType);
        }
        let address = handle.trim().to_lowercase();
        match mail::is_address(&address) {
            true => Ok(Channel { address }),
            false => Err(ErrorCode::BadChannelHandle),
        }
    }

    /// What stands after the `@`.
    pub fn domain(address: &str) -> &str {
        address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    pub fn hash(&self, app: &App) -> TokenHash {
        app.one_time_password_hash("handle", &self.address)
    }
}

/// Of everything in the form that the app added by itself, `name`, `company` and `link` included:
/// the same for the same parameters, in whatever order they come.
pub fn parameters_hash(app: &App, form: &Form) -> TokenHash {
    let own = form.fields().filter(|(name, _)| !RESERVED.contains(name));
    // Each with its length before it, so that no two sets of parameters read alike.
    let canonical: String = own
        .map(|(name, value)| format!("{}:{name}{}:{value}", name.len(), value.len()))
        .collect();
    app.one_time_password_hash("parameters", &canonical)
}
