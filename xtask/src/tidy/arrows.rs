//! Crates depend on each other along the arrows of ARCHITECTURE.md.

use super::Finding;
use super::manifests::{Manifest, read};
use crate::sources::File;

/// Which crates of the workspace each crate may depend on. Crates that compose the others (the
/// binary, the seeds, the tests) may use all and are used by none but each other.
const ARROWS: [(&str, &[&str]); 20] = [
    ("protocol", &[]),
    ("db", &["ambient"]),
    ("xtask", &["test_cluster"]),
    ("test_cluster", &[]),
    ("ambient", &["protocol"]),
    ("mail", &["protocol"]),
    ("rate_limit", &["ambient", "protocol"]),
    ("web", &["ambient", "db", "protocol"]),
    ("hosting", &["ambient", "db", "mail", "protocol", "web"]),
    (
        "store",
        &["ambient", "db", "mail", "protocol", "rate_limit"],
    ),
    (
        "authentication",
        &[
            "ambient",
            "db",
            "mail",
            "protocol",
            "rate_limit",
            "store",
            "web",
        ],
    ),
    (
        "app_center",
        &[
            "ambient",
            "db",
            "mail",
            "protocol",
            "rate_limit",
            "store",
            "web",
        ],
    ),
    (
        "company_data",
        &["ambient", "db", "protocol", "store", "web"],
    ),
    (
        "node",
        &[
            "ambient",
            "app_center",
            "authentication",
            "company_data",
            "db",
            "hosting",
            "mail",
            "protocol",
            "store",
            "web",
        ],
    ),
    ("client", &["ambient", "protocol"]),
    ("vault", &["ambient", "client", "db", "mail", "protocol"]),
    (
        "broker",
        &["ambient", "client", "db", "protocol", "vault", "web"],
    ),
    (
        "landing_page",
        &[
            "ambient",
            "client",
            "db",
            "mail",
            "protocol",
            "rate_limit",
            "vault",
            "web",
        ],
    ),
    (
        "partner_node",
        &[
            "ambient",
            "broker",
            "client",
            "db",
            "hosting",
            "landing_page",
            "mail",
            "protocol",
            "vault",
        ],
    ),
    ("erp_agent", &["ambient", "client", "protocol"]),
];
const COMPOSING: [&str; 7] = [
    "bench",
    "quickconnect",
    "sandbox",
    "certify",
    "test_database",
    "testkit",
    "stories",
];

pub fn check(files: &[File]) -> Vec<Finding> {
    let manifests = read(files);
    let names: Vec<&str> = manifests
        .iter()
        .map(|manifest| manifest.name.as_str())
        .collect();
    manifests
        .iter()
        .flat_map(|manifest| crate_findings(manifest, &names))
        .collect()
}

fn crate_findings(manifest: &Manifest, workspace: &[&str]) -> Vec<Finding> {
    if COMPOSING.contains(&manifest.name.as_str()) {
        return Vec::new();
    }
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == manifest.name) else {
        let says = format!(
            "{} has no place yet; give it one in xtask/src/tidy/arrows.rs",
            manifest.name
        );
        return vec![Finding::at(&manifest.path, says)];
    };
    // Tests may stand on what is made for them; otherwise their arrows are the same.
    let may = |name: &str, for_tests: bool| {
        allowed.contains(&name) || (for_tests && ["test_database", "testkit"].contains(&name))
    };
    let own = manifest.dependencies.iter().map(|name| (name, false));
    let for_tests = manifest.test_dependencies.iter().map(|name| (name, true));
    own.chain(for_tests)
        .filter(|(name, for_tests)| workspace.contains(&name.as_str()) && !may(name, *for_tests))
        .map(|(name, _)| {
            let says = format!(
                "{} may not depend on {name}; ARCHITECTURE.md says why, and what stands between them",
                manifest.name
            );
            Finding::at(&manifest.path, says)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: &str, rest: &str) -> File {
        File::new(
            &format!("crates/{name}/Cargo.toml"),
            &format!("[package]\nname = \"{name}\"\n{rest}"),
        )
    }

    #[test]
    fn the_platform_does_not_know_the_partner() {
        let files = [
            manifest(
                "app_center",
                "[dependencies]\nvault.workspace = true\nserde = \"1\"",
            ),
            manifest("vault", "[dependencies]\nclient.workspace = true"),
            manifest("client", "[dev-dependencies]\ntestkit.workspace = true"),
            manifest("testkit", "[dependencies]\nvault.workspace = true"),
        ];
        let findings = check(&files);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].0.contains("app_center may not depend on vault"));
    }

    #[test]
    fn features_do_not_know_each_other_and_newcomers_get_a_place() {
        let files = [
            manifest(
                "app_center",
                "[dev-dependencies]\nauthentication.workspace = true",
            ),
            manifest("authentication", ""),
            manifest("newcomer", ""),
        ];
        assert_eq!(check(&files).len(), 2);
    }
}
