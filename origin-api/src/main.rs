//! `origin-api`: serves the API, migrates its database, checks an installation.

use std::io::Write as _;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match origin_api::commands::run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let told = origin_api::error::chain(error.as_ref());
            // Nobody is left to tell when standard error is gone.
            let _ = writeln!(std::io::stderr(), "origin-api: {told}");
            ExitCode::FAILURE
        }
    }
}
