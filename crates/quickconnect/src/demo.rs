use std::io::{self, Write};
use std::path::PathBuf;

use ambient::{Clock, Entropy};
use clap::Args;
use sandbox::{Demo, DemoOptions, Facts, PASSWORD, Ports, STAFF_EMAIL, STAFF_PASSWORD};

use crate::stop_signal::stop_signal;
use crate::{Failure, telemetry};

/// Start a platform and a partner on this machine, with companies, people and data to try
#[derive(Args)]
pub struct Arguments {
    /// Folder for the demo's databases, keys and mails; started again, it continues there
    #[arg(long, value_name = "DIR", default_value = "./demo-data")]
    data_dir: PathBuf,
    /// Begin anew: delete what an earlier demo left in the folder
    #[arg(long)]
    reset: bool,
    /// First port: App Center here, data centers at +1 to +3, the partner at +10, the outbox at +11
    #[arg(long, value_name = "PORT", default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..=65_500))]
    port_base: u16,
    /// The platform's name on its pages
    #[arg(long, value_name = "NAME", default_value = "Quick Connect")]
    platform_name: String,
    /// Log every request
    #[arg(long, short)]
    verbose: bool,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    telemetry::start(arguments.verbose);
    let facts_file = arguments.data_dir.join("demo.json");
    let demo = Demo::start(DemoOptions {
        data_dir: arguments.data_dir,
        ports: Ports::From(arguments.port_base),
        reset: arguments.reset,
        platform_name: arguments.platform_name,
        adjust: |_| {},
        adjust_partner: |_| {},
        clock: Clock::System,
        entropy: Entropy::System,
    })
    .await?;
    let table = table(&demo.facts, &facts_file.display().to_string());
    // A closed pipe is no reason to stop serving.
    let _ = io::stdout().lock().write_all(table.as_bytes());
    Ok(demo.serve(stop_signal()).await?)
}

fn table(facts: &Facts, facts_file: &str) -> String {
    let mut lines = vec![
        String::new(),
        format!("  {:<18}{}", "App Center", facts.app_center),
    ];
    for (name, base_uri) in &facts.data_centers {
        lines.push(format!("  {:<18}{base_uri}", format!("API {name}")));
    }
    lines.push(format!("  {:<18}{}", "Partner", facts.partner));
    lines.push(format!(
        "  {:<18}{}",
        "Partner console",
        facts.partner.join("/console")
    ));
    if let Some(outbox) = &facts.outbox {
        lines.push(format!("  {:<18}{outbox}", "Outbox"));
    }
    lines.push(String::new());
    lines.push(format!("  Sign in with the password {PASSWORD} as"));
    let logins = facts.companies.iter().flat_map(|company| &company.users);
    let width = logins
        .map(|user| user.login.len())
        .max()
        .unwrap_or_default()
        + 2;
    let columns = facts.companies.iter().map(|company| {
        let of = |admin: bool| {
            let fits = |user: &&sandbox::UserFacts| user.permissions.is_empty() != admin;
            company
                .users
                .iter()
                .find(fits)
                .map_or("", |user| user.login.as_str())
        };
        (company.name.as_str(), of(true), of(false))
    });
    for (company, admin, user) in columns {
        lines.push(String::new());
        lines.push(format!("    {company}"));
        lines.push(format!("      {admin:<width$}may connect"));
        lines.push(format!("      {user:<width$}may not"));
    }
    lines.push(String::new());
    lines.push(format!(
        "  Partner console: {STAFF_EMAIL}, password {STAFF_PASSWORD}"
    ));
    if let Some(code) = facts.verification_codes.first() {
        let app = facts
            .apps
            .iter()
            .find(|app| app.client_id == code.client_id);
        let app = app.map_or("", |app| app.name.as_str());
        lines.push(format!("  A verification code for {app}: {}", code.code));
    }
    lines.push(format!("  The same for programs: {facts_file}"));
    lines.push(String::new());
    lines.push("  Stop with Ctrl-C.".to_owned());
    lines.push(String::new());
    lines.join("\n")
}
