use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue};
use protocol::Origin;

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// How long an answer may be kept, where a handler says nothing itself.
#[derive(Clone, Copy, Debug)]
pub enum Caching {
    Never,
    /// Pictures and assets without a version in their address.
    Day,
    /// Assets whose address carries their version.
    Forever,
}

impl Caching {
    pub fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Caching::Never => "no-store",
            Caching::Day => "public, max-age=86400",
            Caching::Forever => "public, max-age=31536000, immutable",
        })
    }
}

/// The policy of every page (S32). A form may be sent to this site and, because browsers apply the
/// policy to the redirect that answers it, to the origins in `forms_lead_to`.
pub fn content_security_policy(forms_lead_to: &[Origin]) -> HeaderValue {
    let mut policy = String::from(
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self'",
    );
    for origin in forms_lead_to {
        policy.push(' ');
        // A policy has no words for an IPv6 address: its scheme must do.
        policy.push_str(match origin.as_str().split_once("[") {
            Some((scheme, _)) => scheme.trim_end_matches('/'),
            None => origin.as_str(),
        });
    }
    HeaderValue::from_str(&policy).expect("origins are plain ASCII")
}

/// Fills in what a handler left unsaid.
pub(crate) fn secure(headers: &mut HeaderMap, https: bool) {
    let mut default = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    default(CONTENT_SECURITY_POLICY, content_security_policy(&[]));
    default(CACHE_CONTROL, Caching::Never.header());
    default(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    default(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    default(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    default(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    default(
        PERMISSIONS_POLICY,
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    );
    if https {
        default(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
}
