//! Debian's packages, for what the tests need beside Rust.

use crate::Outcome;
use crate::run::{command, finish, on_path};

/// Installs packages when this is root on a Debian; says what to do where it is not.
pub fn install(packages: &[&str]) -> Outcome {
    let names = packages.join(" ");
    if !is_root() || !on_path("apt-get") {
        return Err(format!(
            "{names} not found; install with: \
             sudo apt-get update && sudo apt-get install -y --no-install-recommends {names}"
        ));
    }
    let apt_get = |arguments: &[&str]| {
        let mut apt_get = command("apt-get");
        apt_get
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive");
        finish(
            &mut apt_get,
            &format!("apt-get {} failed", arguments.join(" ")),
        )
    };
    apt_get(&["update", "-qq"])?;
    let install = ["install", "-y", "--no-install-recommends", "-qq"];
    apt_get(&[&install[..], packages].concat())
}

fn is_root() -> bool {
    command("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
