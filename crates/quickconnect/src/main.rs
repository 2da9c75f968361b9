//! `quickconnect`: the command line. What it does stands in the crates; here it is put together.

mod app;
mod audit;
mod backup;
mod company;
mod config;
mod demo;
mod doctor;
mod examined;
mod findings;
mod keys;
mod listing;
mod migrate;
mod not_before;
mod openapi;
mod opened;
mod partner;
mod request_token;
mod restore;
mod serve;
mod stop_signal;
mod telemetry;
mod user;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Connects whole companies to partners' applications: the platform, the partner, and a demo of
/// both on one machine.
#[derive(Parser)]
#[command(version, propagate_version = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    App(app::Arguments),
    Audit(audit::Arguments),
    Backup(backup::Arguments),
    Company(company::Arguments),
    Config(config::Arguments),
    Demo(demo::Arguments),
    Doctor(doctor::Arguments),
    Keys(keys::Arguments),
    Listing(listing::Arguments),
    Migrate(migrate::Arguments),
    NotBefore(not_before::Arguments),
    Openapi(openapi::Arguments),
    Partner(partner::Arguments),
    RequestToken(request_token::Arguments),
    Restore(restore::Arguments),
    Serve(serve::Arguments),
    User(user::Arguments),
}

/// A command that failed says why in one sentence, and ends the process with 1.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match CommandLine::parse().command {
        Command::App(arguments) => app::run(arguments).await,
        Command::Audit(arguments) => audit::run(arguments).await,
        Command::Backup(arguments) => backup::run(arguments).await,
        Command::Company(arguments) => company::run(arguments).await,
        Command::Config(arguments) => config::run(arguments).await,
        Command::Doctor(arguments) => doctor::run(arguments).await,
        Command::Keys(arguments) => keys::run(arguments).await,
        Command::Listing(arguments) => listing::run(arguments).await,
        Command::Migrate(arguments) => migrate::run(arguments).await,
        Command::NotBefore(arguments) => not_before::run(arguments).await,
        Command::User(arguments) => user::run(arguments).await,
        Command::Demo(arguments) => demo::run(arguments).await,
        Command::Openapi(arguments) => openapi::run(arguments),
        Command::Partner(arguments) => partner::run(arguments).await,
        Command::RequestToken(arguments) => request_token::run(arguments).await,
        Command::Restore(arguments) => restore::run(arguments).await,
        Command::Serve(arguments) => serve::run(arguments).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("quickconnect: {failure}");
            ExitCode::FAILURE
        }
    }
}
