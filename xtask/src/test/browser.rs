//! The browser that the stories are told in: Debian's chromium and its driver.

use super::debian;
use crate::Outcome;
use crate::run::on_path;

const PROGRAMS: [&str; 2] = ["chromium", "chromedriver"];

/// Succeeds when both programs are on the PATH; installs them when this is root on a Debian.
pub fn ensure() -> Outcome {
    if missing().is_empty() {
        return Ok(());
    }
    debian::install(&["chromium", "chromium-driver"])?;
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
