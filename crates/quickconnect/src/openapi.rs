use crate::Failure;

/// Prints the description of the platform's APIs, as `/openapi.json` serves it: OpenAPI 3.1.
#[derive(clap::Args)]
pub struct Arguments {}

pub fn run(Arguments {}: Arguments) -> Result<(), Failure> {
    print!("{}", node::openapi());
    Ok(())
}
