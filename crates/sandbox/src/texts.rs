//! The platform's legal texts and the pages that every partner of the demo has.

use store::{LegalText, TextKind};

use crate::seeds;

/// What people agree to. Each file begins with its version.
pub fn legal(platform_name: &str) -> Vec<(TextKind, LegalText)> {
    let files = [
        (TextKind::EndUserTerms, "texts/end_user_terms.md"),
        (
            TextKind::CompanyAuthorization,
            "texts/company_authorization.md",
        ),
        (TextKind::ProcessorPrivacy, "texts/processor_privacy.md"),
    ];
    let read = |name: &str| {
        let text = seeds::text(name).replace("{platform}", platform_name);
        let (first, rest) = text
            .split_once('\n')
            .expect("a legal text has more than one line");
        let version = first
            .strip_prefix("version:")
            .expect("a legal text begins with its version");
        LegalText {
            version: version.trim().to_owned(),
            text: rest.trim().to_owned(),
        }
    };
    files
        .into_iter()
        .map(|(kind, name)| (kind, read(name)))
        .collect()
}

/// A partner's own page, with its names filled in.
pub fn of_partner(name: &str, app: &str, company: &str, platform_name: &str) -> String {
    seeds::text(&format!("texts/partner_{name}.md"))
        .replace("{app}", app)
        .replace("{company}", company)
        .replace("{platform}", platform_name)
}
