//! Where a sign-in leads to: a page of this site, and no other.

/// `wanted` when it is an absolute path of this site, else the catalogue.
pub fn local_path(wanted: Option<&str>) -> &str {
    wanted
        .filter(|path| is_local(path))
        .unwrap_or("/app-center")
}

/// Browsers read `//host`, `/\host` and, once tabs and line ends are dropped, `/<tab>/host` as
/// another site.
fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 4_000
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// The sign-in page that leads back to `path`.
pub fn sign_in_for(path: &str) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("return_to", local_path(Some(path)))
        .finish();
    format!("/sign-in?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_site_are_returned_to() {
        let page = "/app-center/listings/4f0ba190d9a9551b5d378044?a=b";
        assert_eq!(local_path(Some(page)), page);
        for wanted in [
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/a\nSet-Cookie: x",
            "app-center",
            "",
        ] {
            assert_eq!(local_path(Some(wanted)), "/app-center", "{wanted:?}");
        }
        assert_eq!(local_path(None), "/app-center");
    }

    #[test]
    fn the_way_back_survives_the_query() {
        assert_eq!(
            sign_in_for("/app-center?q=a&b=c"),
            "/sign-in?return_to=%2Fapp-center%3Fq%3Da%26b%3Dc"
        );
    }
}
