//! `origin-api`: serves the API, migrates its database, checks an installation.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use origin_api::app::{App, SystemClock, SystemRng};
use origin_api::config::{self, Config, Database, environment};
use origin_api::db::migrate;
use origin_api::error::{Source, chain};
use origin_api::serve::{Signals, run};
use origin_api::telemetry::Log;
use origin_api::{health, probe};

const USAGE: &str = "usage: origin-api COMMAND
  serve              serve the API until SIGTERM
  migrate            bring the database's schema up to date
  check              check the configuration, the database and its schema
  healthcheck        exit 0 when the server on LISTEN is ready
  admin keys public  print the public token keys, for the edge's TOKEN_PUBLIC_KEYS";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["serve"] => serve().await,
        ["migrate"] => migrate_database().await,
        ["check"] => check().await,
        ["healthcheck"] => healthcheck().await,
        ["admin", "keys", "public"] => print_public_keys(),
        ["help" | "--help" | "-h"] => say(USAGE),
        _ => Err(USAGE.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when standard error is gone.
            let _ = writeln!(std::io::stderr(), "origin-api: {}", chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Source> {
    let config = Config::from_lookup(environment)?;
    let (filter, listen) = (config.log.clone(), config.listen);
    let app = Arc::new(App::new(
        config,
        Arc::new(SystemClock::new()),
        Arc::new(SystemRng),
    ));
    let log = Log::default();
    log.install(filter, app.clock.clone())?;
    let _writer = log.write_to_stdout()?;
    let signals = Signals::new()?;
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .map_err(|error| format!("LISTEN: cannot listen on {listen}: {error}"))?;
    tracing::info!(listen = %listener.local_addr()?, migration = migrate::latest(), version = env!("CARGO_PKG_VERSION"), "serving");
    let ended = run(listener, app, signals).await?;
    tracing::info!(?ended, "stopped");
    Ok(())
}

async fn migrate_database() -> Result<(), Source> {
    let applied = migrate::migrate(&Database::from_lookup(environment)?).await?;
    say(&format!(
        "the schema is at {}; {applied} migrations were applied",
        migrate::latest()
    ))
}

async fn check() -> Result<(), Source> {
    let app = App::new(
        Config::from_lookup(environment)?,
        Arc::new(SystemClock::new()),
        Arc::new(SystemRng),
    );
    let migration = health::ready(&app).await?;
    say(&format!(
        "the configuration is valid, the database answers, its schema is at {migration}"
    ))
}

async fn healthcheck() -> Result<(), Source> {
    probe::ready(config::listen(environment)?).await
}

fn print_public_keys() -> Result<(), Source> {
    say(&config::token_keys(environment)?.public_set()?)
}

fn say(text: &str) -> Result<(), Source> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
