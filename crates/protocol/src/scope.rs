use std::collections::BTreeSet;
use std::fmt;

/// A set of scopes: case-sensitive words, on the wire separated by spaces (RFC 6749 §3.3).
///
/// Keeps the order in which they were registered, because clients send the string back as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeSet(Vec<String>);

impl ScopeSet {
    pub fn parse(text: &str) -> ScopeSet {
        let mut seen = BTreeSet::new();
        ScopeSet(
            text.split_ascii_whitespace()
                .filter(|word| seen.insert(*word))
                .map(str::to_owned)
                .collect(),
        )
    }

    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|word| word == scope)
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn is_subset_of(&self, other: &ScopeSet) -> bool {
        self.iter().all(|scope| other.contains(scope))
    }

    /// What both hold, in this set's order.
    pub fn intersection(&self, other: &ScopeSet) -> ScopeSet {
        ScopeSet(
            self.0
                .iter()
                .filter(|scope| other.contains(scope))
                .cloned()
                .collect(),
        )
    }

    /// The words as a list, as `concur.scopes` carries them.
    pub fn to_vec(&self) -> Vec<String> {
        self.0.clone()
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

impl<S: Into<String>> FromIterator<S> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = S>>(words: I) -> ScopeSet {
        let joined = words
            .into_iter()
            .map(Into::into)
            .collect::<Vec<String>>()
            .join(" ");
        ScopeSet::parse(&joined)
    }
}

/// Asks for a refresh token (OpenID Connect Core §11). Here every grant for a company or a person
/// yields one.
pub const OFFLINE_ACCESS: &str = "offline_access";

/// The effective scope: what was granted, or the part of it that was asked for (S28).
///
/// `None` when the request asks for more than was granted: code 54. [`OFFLINE_ACCESS`] is passed over
/// where it was not granted: libraries ask for it, and it opens nothing.
pub fn narrow(granted: &ScopeSet, requested: Option<&str>) -> Option<ScopeSet> {
    let requested = ScopeSet::parse(requested.unwrap_or_default());
    let asks = |scope: &&str| *scope != OFFLINE_ACCESS || granted.contains(scope);
    let requested: ScopeSet = requested.iter().filter(asks).collect();
    if requested.is_empty() {
        return Some(granted.clone());
    }
    requested
        .is_subset_of(granted)
        .then(|| granted.intersection(&requested))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scopes() -> impl Strategy<Value = ScopeSet> {
        proptest::collection::vec("[A-Za-z.]{1,6}", 0..8).prop_map(ScopeSet::from_iter)
    }

    proptest! {
        #[test]
        fn s28_narrowing_never_widens(granted in scopes(), requested in scopes()) {
            match narrow(&granted, Some(&requested.to_string())) {
                Some(effective) => prop_assert!(effective.is_subset_of(&granted)),
                None => prop_assert!(!requested.is_subset_of(&granted)),
            }
        }

        #[test]
        fn s28_the_returned_string_is_accepted_back(granted in scopes()) {
            prop_assert_eq!(narrow(&granted, Some(&granted.to_string())), Some(granted));
        }
    }

    #[test]
    fn offline_access_is_passed_over_unless_it_was_granted() {
        let granted = ScopeSet::parse("openid profile");
        let narrowed = narrow(&granted, Some("openid offline_access"));
        assert_eq!(narrowed, Some(ScopeSet::parse("openid")));
        let named = ScopeSet::parse("openid offline_access");
        assert_eq!(narrow(&named, Some("openid offline_access")), Some(named));
    }

    #[test]
    fn scopes_are_case_sensitive() {
        assert_eq!(
            narrow(&ScopeSet::parse("EXPRPT openid"), Some("exprpt")),
            None
        );
    }
}
