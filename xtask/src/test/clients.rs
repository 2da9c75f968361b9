//! The libraries of other people that `tests/clients` calls the platform with, at pinned versions:
//! Python's in a virtual environment under the target folder, Node's beside its lock file.

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::run::{command, finish, root, target_dir};

/// Installs what is not installed yet, or is of another version.
pub fn ensure() -> Outcome {
    let clients = root().join("tests").join("clients");
    let environment = target_dir().join("tools").join("python");
    let requirements = clients.join("python").join("requirements.txt");
    once(&requirements, &environment, || {
        let mut make = command("python3");
        make.args(["-m", "venv", "--clear"]).arg(&environment);
        finish(&mut make, "the virtual environment could not be made")?;
        let mut pip = command(environment.join("bin").join("pip"));
        pip.args(["--quiet", "--disable-pip-version-check", "install"])
            .args(["--require-hashes", "--only-binary", ":all:", "-r"])
            .arg(&requirements);
        finish(&mut pip, "pip could not install the clients in Python")
    })?;
    let node = clients.join("node");
    let modules = node.join("node_modules");
    once(&node.join("package-lock.json"), &modules, || {
        let mut npm = command("npm");
        npm.args(["ci", "--silent", "--ignore-scripts"])
            .args(["--no-audit", "--no-fund"])
            .current_dir(&node);
        finish(&mut npm, "npm could not install the clients in JavaScript")
    })
}

/// Does `install` unless it was done for this very lock file.
fn once(lock: &Path, folder: &Path, install: impl FnOnce() -> Outcome) -> Outcome {
    let wanted = fs::read(lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    let done = folder.join(".installed");
    if fs::read(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    install()?;
    fs::write(&done, wanted).map_err(|error| format!("{}: {error}", done.display()))
}
