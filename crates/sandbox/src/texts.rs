//! The pages that every partner of the demo has.

use crate::seeds;

/// A partner's own page, with its names filled in.
pub fn of_partner(name: &str, app: &str, company: &str, platform_name: &str) -> String {
    seeds::text(&format!("texts/partner_{name}.md"))
        .replace("{app}", app)
        .replace("{company}", company)
        .replace("{platform}", platform_name)
}
