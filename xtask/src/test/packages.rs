//! Debian's packages that the tests need: the browser that stories are told in, and what the
//! independent clients run on.

use crate::Outcome;
use crate::run::{command, finish, on_path, succeeds};

/// A package, and how one sees that it is there.
struct Package {
    name: &'static str,
    is_there: fn() -> bool,
}

const PACKAGES: [Package; 5] = [
    Package {
        name: "chromium",
        is_there: || on_path("chromium"),
    },
    Package {
        name: "chromium-driver",
        is_there: || on_path("chromedriver"),
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
    if !is_root() || !on_path("apt-get") {
        let names = missing.join(" ");
        return Err(format!(
            "not found: {names}; install with: \
             sudo apt-get update && sudo apt-get install -y --no-install-recommends {names}"
        ));
    }
    apt_get(&["update", "-qq"])?;
    let install = ["install", "-y", "--no-install-recommends", "-qq"];
    apt_get(&[&install, missing.as_slice()].concat())?;
    match self::missing().as_slice() {
        [] => Ok(()),
        still => Err(format!(
            "still not found after the installation: {}",
            still.join(" ")
        )),
    }
}

fn apt_get(arguments: &[&str]) -> Outcome {
    let mut apt_get = command("apt-get");
    apt_get
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    let reason = format!("apt-get {} failed", arguments.join(" "));
    finish(&mut apt_get, &reason)
}

fn missing() -> Vec<&'static str> {
    PACKAGES
        .iter()
        .filter(|package| !(package.is_there)())
        .map(|package| package.name)
        .collect()
}

fn is_root() -> bool {
    command("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
