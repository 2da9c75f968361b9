use clap::Args;
use store::audit::{self, Problem};

use crate::Failure;
use crate::opened::{self, Common};

/// Check the whole log, and fail when somebody has changed it
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
}

pub async fn run(arguments: Arguments) -> Result<(), Failure> {
    let app = opened::platform(&arguments.common.deployment).await?;
    let verified = audit::verify(&app).await?;
    if arguments.common.json {
        println!("{}", serde_json::to_string(&verified)?);
    } else {
        println!("{:<12}{}", "Chained", verified.chained);
        println!("{:<12}{}", "Not yet", verified.not_chained);
        println!("{:<12}{}", "Head", verified.head);
        for problem in &verified.problems {
            println!("{}", sentence(problem));
        }
    }
    if verified.problems.is_empty() {
        Ok(())
    } else {
        Err("the audit log is not what was written".into())
    }
}

fn sentence(problem: &Problem) -> String {
    match problem {
        Problem::Gap(at) => format!("Before event {at} something is missing."),
        Problem::Changed(at) => format!("Event {at} is not what was written."),
        Problem::Columns(at) => format!("The columns of event {at} differ from its text."),
        Problem::Head(at) => format!("The log ends at event {at}, which is not its end."),
    }
}
