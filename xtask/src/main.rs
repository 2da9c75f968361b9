//! The project's own commands. `cargo xtask` without arguments lists them.

#![expect(
    clippy::disallowed_methods,
    reason = "a tool for developers goes by the environment it is called in"
)]

mod bench;
mod dev;
mod run;
mod security;
mod sources;
mod test;
mod tidy;
mod upgrade;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command>

  test [-p CRATE]... [NAME]...  everything CI checks; with names or crates, only those tests
  tidy                          the repository's own rules
  security                      write docs/security.md anew: each statement and the tests that prove it
  advisories                    known vulnerabilities of dependencies (needs the network)
  bench [--engine NAME] [ARGUMENTS]...
                                what the endpoints cost, in one run, on sqlite or postgres; --help
                                names the arguments
  upgrade --from REVISION       the rolling upgrade from an older revision's program, on both databases
  dev [ARGUMENTS]...            the demo from a debug build, on ./demo-data
";

/// What a command or step ends in; the error is one sentence for the person at the terminal.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    let outcome = match command {
        "test" => test::run(rest),
        "tidy" => tidy::run(),
        "security" => security::write(),
        "advisories" => test::licences::advisories(),
        "bench" => bench::run(rest),
        "upgrade" => upgrade::run(rest),
        "dev" => dev::run(rest),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        unknown => Err(format!("there is no command {unknown:?}\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("cargo xtask {command}: {reason}");
            ExitCode::FAILURE
        }
    }
}
