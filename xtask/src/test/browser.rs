//! The browser that the stories are told in: Debian's chromium and its driver.

use crate::Outcome;
use crate::run::{command, finish, on_path};

const PROGRAMS: [&str; 2] = ["chromium", "chromedriver"];
const INSTALL: [&str; 6] = [
    "install",
    "-y",
    "--no-install-recommends",
    "-qq",
    "chromium",
    "chromium-driver",
];

/// Succeeds when both programs are on the PATH; installs them when this is root on a Debian.
pub fn ensure() -> Outcome {
    if missing().is_empty() {
        return Ok(());
    }
    if !is_root() || !on_path("apt-get") {
        return Err(format!(
            "{} not found; install with: \
             sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium chromium-driver",
            missing().join(" and ")
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
    apt_get(&INSTALL)?;
    match missing().as_slice() {
        [] => Ok(()),
        still => Err(format!(
            "{} still not found after the installation",
            still.join(" and ")
        )),
    }
}

fn missing() -> Vec<&'static str> {
    PROGRAMS
        .into_iter()
        .filter(|program| !on_path(program))
        .collect()
}

fn is_root() -> bool {
    command("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
