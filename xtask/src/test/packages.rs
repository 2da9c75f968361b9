//! Debian's packages that the tests need: the browser that stories are told in, the second database,
//! and what the independent clients run on.

use super::debian;
use crate::Outcome;
use crate::run::{on_path, succeeds};

/// A package, and how one sees that it is there.
struct Package {
    name: &'static str,
    is_there: fn() -> bool,
}

const PACKAGES: [Package; 6] = [
    Package {
        name: "chromium",
        is_there: || on_path("chromium"),
    },
    Package {
        name: "chromium-driver",
        is_there: || on_path("chromedriver"),
    },
    Package {
        name: "postgresql",
        is_there: || test_cluster::programs().is_some(),
    },
    Package {
        name: "python3-venv",
        is_there: || succeeds("python3", &["-c", "import ensurepip"]),
    },
    Package {
        name: "nodejs",
        is_there: || on_path("node"),
    },
    Package {
        name: "npm",
        is_there: || on_path("npm"),
    },
];

/// Succeeds when all are there; installs those that are not when this is root on a Debian.
pub fn ensure() -> Outcome {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    debian::install(&missing)?;
    match self::missing().as_slice() {
        [] => Ok(()),
        still => Err(format!(
            "still not found after the installation: {}",
            still.join(" ")
        )),
    }
}

fn missing() -> Vec<&'static str> {
    PACKAGES
        .iter()
        .filter(|package| !(package.is_there)())
        .map(|package| package.name)
        .collect()
}
