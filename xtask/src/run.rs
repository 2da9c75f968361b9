//! Running other programs from the root of the workspace.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;

/// The root of the workspace: the folder above this crate's.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in a folder of the workspace")
        .to_path_buf()
}

/// Where Cargo builds: `CARGO_TARGET_DIR` when it is set, else `target`.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// A program to be run in the root of the workspace, without what Cargo told *this* program about
/// itself: build scripts that watch those variables would run again for nothing.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs `program` with its output shown; `reason` is what a failure is called.
pub fn show(program: &str, arguments: &[&str], reason: &str) -> Outcome {
    finish(command(program).args(arguments), reason)
}

/// Runs a prepared command with its output shown; `reason` is what a failure is called.
pub fn finish(command: &mut Command, reason: &str) -> Outcome {
    let status = command
        .status()
        .map_err(|error| format!("{:?} could not be started: {error}", command.get_program()))?;
    if status.success() {
        Ok(())
    } else {
        Err(reason.to_owned())
    }
}

/// Whether a command runs and succeeds; what it prints is dropped.
pub fn succeeds(program: &str, arguments: &[&str]) -> bool {
    command(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether a program of this name is on the PATH.
pub fn on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}
