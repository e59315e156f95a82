//! What `origin-api` can be told to do.

use std::io::Write as _;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::admin;
use crate::app::{App, Clock as _, SystemClock, SystemRng, new_id};
use crate::config::{self, Config, Database, environment};
use crate::db::{data_set, migrate};
use crate::error::{Source, chain};
use crate::keys::file;
use crate::keys::live::SETTLING;
use crate::serve::{Signals, run as serve_until_stopped};
use crate::telemetry::Log;
use crate::{health, oauth_clients, openapi, probe, rehearsal};

const USAGE: &str = "usage: origin-api COMMAND
  serve              serve the API until SIGTERM
  migrate            bring the database's schema up to date
  check              check the configuration, the database and its schema
  healthcheck        exit 0 when the server on LISTEN is ready
  openapi            print the OpenAPI document, to generate clients from
  admin keys public  print the public token keys, for the edge's TOKEN_PUBLIC_KEYS
  admin keys rotate  put a new token key first in TOKEN_KEYS_FILE
  admin keys retire KID  drop the private half of a token key that signs no more
  admin epoch renew --yes
                     after a restore: say that the data is another set, and end every session, key and app
  admin rehearse     make an account, sign in, make a task and delete it all again, as a caller would
  admin user list [--json] [--after ID] [--limit N]
                     show accounts, oldest first, 100 unless asked otherwise
  admin user disable|enable EMAIL_OR_ID
                     end every session, key and app, and let nobody log in; let its user log in again
  admin user reset EMAIL_OR_ID
                     end every session, key and app and the password; mail or print a link that sets a new one
  admin user delete EMAIL_OR_ID --yes
                     delete the account and everything in it
  admin oauth-client add NAME --redirect-uri URI...
                     make a client that proves itself by a secret, which is printed once
  admin oauth-client add NAME --without-pkce
                     the same for the Action of a Custom GPT, which is answered at its callbacks on chat.openai.com
                     and chatgpt.com, and nowhere else
  admin oauth-client list [--json]
                     show the clients that were made so
  admin oauth-client remove CLIENT_ID
                     let it ask for and refresh nothing any more; its access tokens end within the hour";

/// Does what the arguments say.
///
/// # Errors
/// What went wrong, with the remedy; also for arguments that say nothing known.
pub async fn run(arguments: &[&str]) -> Result<(), Source> {
    match arguments {
        ["serve"] => serve().await,
        ["migrate"] => migrate_database().await,
        ["check"] => check().await,
        ["healthcheck"] => probe::ready(config::listen(environment)?).await,
        ["openapi"] => say(&openapi::document(openapi::EXAMPLE_URL).to_pretty_json()?),
        ["admin", "keys", "public"] => say(&config::token_keys(environment)?.public_set()?),
        ["admin", "keys", "rotate"] => rotate_keys(),
        ["admin", "keys", "retire", id] => retire_key(id),
        ["admin", "epoch", "renew"] => {
            Err("this ends every session, key and app of every user; say so with --yes".into())
        }
        ["admin", "epoch", "renew", "--yes"] => renew_epoch().await,
        ["admin", "rehearse"] => rehearse().await,
        ["admin", "user", rest @ ..] => administer(rest).await,
        ["admin", "oauth-client", rest @ ..] => administer_clients(rest).await,
        ["help" | "--help" | "-h"] => say(USAGE),
        _ => Err(USAGE.into()),
    }
}

fn app(config: Config) -> App {
    App::new(config, Arc::new(SystemClock::new()), Arc::new(SystemRng))
}

async fn serve() -> Result<(), Source> {
    let app = Arc::new(app(Config::from_lookup(environment)?));
    let log = Log::default();
    log.install(app.config.log.clone(), app.clock.clone())?;
    let _writer = log.write_to_stdout()?;
    let signals = Signals::new()?;
    let listen = app.config.listen;
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("LISTEN: cannot listen on {listen}: {error}"))?;
    tracing::info!(listen = %listener.local_addr()?, migration = migrate::latest(), version = env!("CARGO_PKG_VERSION"), "serving");
    let ended = serve_until_stopped(listener, app, signals).await?;
    tracing::info!(?ended, "stopped");
    Ok(())
}

async fn migrate_database() -> Result<(), Source> {
    let applied = migrate::migrate(&Database::from_lookup(environment)?).await?;
    say(&format!(
        "{applied} migrations were applied; this release needs the schema at {}",
        migrate::latest()
    ))
}

async fn check() -> Result<(), Source> {
    let app = app(Config::from_lookup(environment)?);
    let migration = health::ready(&app).await?;
    if !data_set::bounds_transactions(&app.db).await? {
        return Err(data_set::UNBOUNDED.into());
    }
    say(&format!(
        "the configuration is valid, the database answers, its schema is at {migration}"
    ))
}

async fn renew_epoch() -> Result<(), Source> {
    let database = Database::from_lookup(environment)?;
    let epoch = new_id(&SystemClock::new(), &SystemRng);
    let now = SystemClock::new().now();
    let users = data_set::renew(&database, epoch, now)
        .await
        .map_err(|error| format!("nothing was changed: {}", chain(&error)))?;
    say(&format!(
        "The data is {epoch} now. No session, key or app of its {users} users holds any more; passwords do.\n\
        Origins that run say so within a second; the caches at the edge let go of what they have with the next answer."
    ))
}

async fn rehearse() -> Result<(), Source> {
    let app = Arc::new(app(Config::from_lookup(environment)?));
    say(&rehearsal::run(app).await?)
}

async fn administer(arguments: &[&str]) -> Result<(), Source> {
    let app = app(Config::from_lookup(environment)?);
    let told = admin::run(app, arguments).await?;
    say(&told.ok_or(USAGE)?)
}

async fn administer_clients(arguments: &[&str]) -> Result<(), Source> {
    let app = app(Config::from_lookup(environment)?);
    let told = oauth_clients::run(&app, arguments).await?;
    say(&told.ok_or(USAGE)?)
}

fn rotate_keys() -> Result<(), Source> {
    let path = config::token_keys_file(environment)?;
    let (id, former) = file::rotate(&path, SystemClock::new().now(), &SystemRng)?;
    let settling = SETTLING.as_secs();
    say(&format!(
        "{id} is now the first key of {}.\n\
        An origin that runs reads it within TOKEN_KEYS_POLL_SECONDS (10 unless set), verifies with it at once and signs \
        with it {settling} seconds later; one that starts signs with it at once.\n\
        Next, when every origin logged \"another token key signs\" or was started since: origin-api admin keys retire {former}",
        path.display()
    ))
}

fn retire_key(id: &str) -> Result<(), Source> {
    let path = config::token_keys_file(environment)?;
    file::retire(&path, id)?;
    say(&format!(
        "The private half of {id} is gone from {}; what it has signed holds until its end.\n\
        After a year its line can be removed: no API key lives longer. To end all that it has signed, remove it now.",
        path.display()
    ))
}

fn say(text: &str) -> Result<(), Source> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
