//! Addresses that a partner supplied: only those that a page may lead to.

use protocol::Origin;

/// A web or mail address as a link's target; `None` for anything else.
pub fn href(supplied: &str) -> Option<String> {
    let supplied = supplied.trim();
    let is_web = supplied.starts_with("https://") || supplied.starts_with("http://");
    if is_web || supplied.starts_with("mailto:") {
        return Some(supplied.to_owned());
    }
    let is_mail = supplied.contains('@') && !supplied.contains(['/', ':', ' ', '?']);
    is_mail.then(|| format!("mailto:{supplied}"))
}

/// What absolute paths in a partner's text are relative to.
pub fn base(website: &str) -> String {
    website
        .parse::<Origin>()
        .map_or_else(|_| String::new(), |origin| origin.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_left_out() {
        assert_eq!(
            href("https://p.example/x").as_deref(),
            Some("https://p.example/x")
        );
        assert_eq!(
            href("help@p.example").as_deref(),
            Some("mailto:help@p.example")
        );
        for supplied in ["", "javascript:alert(1)//@x", "/path", "data:text/html,x@y"] {
            assert_eq!(href(supplied), None, "{supplied}");
        }
        assert_eq!(
            base("https://p.example:8443/page?x"),
            "https://p.example:8443"
        );
        assert_eq!(base("nonsense"), "");
    }
}
