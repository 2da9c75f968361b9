//! Licences, duplicate versions and origins of the dependencies, judged by cargo-deny and `deny.toml`.

use crate::Outcome;
use crate::run::{command, finish, on_path, show, target_dir};

const VERSION: &str = "0.20.2";

/// Checks everything that can be judged without the network.
pub fn check() -> Outcome {
    let program = cargo_deny()?;
    // The check reads the manifest of every dependency, those of other systems included.
    show(
        "cargo",
        &["fetch", "--locked", "--quiet"],
        "the dependencies could not be fetched",
    )?;
    show(
        &program,
        &[
            "--offline",
            "--log-level",
            "error",
            "check",
            "licenses",
            "bans",
            "sources",
        ],
        "a dependency breaks a rule of deny.toml",
    )
}

/// `cargo xtask advisories`: fetches the advisory database and looks every dependency up.
pub fn advisories() -> Outcome {
    show(
        &cargo_deny()?,
        &["check", "advisories"],
        "a dependency has an advisory, or the database could not be fetched",
    )
}

/// The program to call; installs it under the target folder when there is none.
fn cargo_deny() -> Result<String, String> {
    if on_path("cargo-deny") {
        return Ok("cargo-deny".to_owned());
    }
    let tools = target_dir().join("tools");
    let program = tools.join("bin").join("cargo-deny");
    if !program.is_file() {
        println!(
            "   cargo-deny is missing; building version {VERSION} into {}",
            tools.display()
        );
        // A debug build without debug information: it runs for a second, and builds in a fraction of the time.
        let mut install = command("cargo");
        install
            .args([
                "install",
                "--locked",
                "--quiet",
                "--debug",
                "cargo-deny",
                "--version",
                VERSION,
                "--root",
            ])
            .arg(&tools)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_TARGET_DIR", tools.join("build"));
        finish(&mut install, "cargo-deny could not be installed")?;
        let _ = std::fs::remove_dir_all(tools.join("build"));
    }
    Ok(program.display().to_string())
}
