//! What a platform has before its operator writes anything: the scope catalogue, and texts to agree
//! to. The files of `defaults/`, embedded.

use db::Tx;
use serde::Deserialize;
use store::{LegalText, Scope, TextKind, legal_texts, scopes};

const SCOPES: &str = include_str!("../defaults/scopes.toml");

/// Each begins with its version.
const TEXTS: &[(TextKind, &str)] = &[
    (
        TextKind::EndUserTerms,
        include_str!("../defaults/end_user_terms.md"),
    ),
    (
        TextKind::CompanyAuthorization,
        include_str!("../defaults/company_authorization.md"),
    ),
    (
        TextKind::ProcessorPrivacy,
        include_str!("../defaults/processor_privacy.md"),
    ),
];

/// Writes the catalogue as this program has it, and those texts of which there is no version yet:
/// an operator's own stay in force.
pub async fn install(tx: &mut Tx, platform_name: &str) -> Result<(), db::Error> {
    for scope in catalogue() {
        scopes::put(tx, &scope).await?;
    }
    for (kind, text) in TEXTS {
        if legal_texts::newest(tx, *kind).await?.is_none() {
            let named = text.replace("{platform}", platform_name);
            let text = parse_text(&named).expect("embedded, and read by a test");
            legal_texts::put(tx, *kind, &text).await?;
        }
    }
    Ok(())
}

/// The scopes that the APIs know, in the words customers read (reference §7.8).
pub fn catalogue() -> Vec<Scope> {
    #[derive(Deserialize)]
    struct File {
        scopes: Vec<Entry>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Entry {
        name: String,
        user_description: String,
        user_description_self: String,
        service: String,
        fields: String,
    }
    let file: File = toml::from_str(SCOPES).expect("embedded, and read by a test");
    let scope = |entry: Entry| Scope {
        name: entry.name,
        user_description: entry.user_description,
        user_description_self: entry.user_description_self,
        service: entry.service,
        fields: entry.fields,
    };
    file.scopes.into_iter().map(scope).collect()
}

/// `version: 2026-09-01` in the first line, Markdown below.
pub fn parse_text(text: &str) -> Option<LegalText> {
    let (first, rest) = text.split_once('\n')?;
    let version = first.strip_prefix("version:")?.trim();
    let text = rest.trim();
    (!version.is_empty() && !text.is_empty()).then(|| LegalText {
        version: version.to_owned(),
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_embedded_can_be_read() {
        assert!(catalogue().iter().any(|scope| scope.name == "openid"));
        for (kind, text) in TEXTS {
            assert!(parse_text(text).is_some(), "{kind:?}");
        }
        assert!(parse_text("no version\ntext").is_none());
    }
}
