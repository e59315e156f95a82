//! Configuration: the only reader of the environment and of secret files.
//!
//! Every problem is collected and printed with the name of its variable and the remedy, so one
//! start tells everything that is wrong. Secrets live in types whose `Debug` shows nothing.

pub mod mail;
pub mod operator;
mod reader;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use self::mail::Mail;
use self::operator::Operator;
use self::reader::{KEY_FILE, Reader};
use jiff::SignedDuration;
use shared_types::signature::Keys;
use tracing_subscriber::filter::{LevelFilter, Targets};

use crate::domain::rate::Rate;
use crate::domain::tokens::Lifetime;
use crate::keys::TokenKeys;
use crate::keys::live::LiveKeys;

/// Every variable that is read, for the test that compares `.env.example` with it.
pub const NAMES: [&str; 36] = [
    "LISTEN",
    "DATABASE_URL",
    "DATABASE_PASSWORD_FILE",
    "MIGRATION_DATABASE_URL",
    "MIGRATION_DATABASE_PASSWORD_FILE",
    "DATABASE_POOL_SIZE",
    "DATABASE_STATEMENTS",
    "PUBLIC_URL",
    "ORIGIN_AUTHORITY",
    "SIGNING_KEYS_FILE",
    "CALLBACK_KEYS_FILE",
    "TOKEN_KEYS_FILE",
    "TOKEN_KEYS_POLL_SECONDS",
    "LOG",
    "DRAIN_SECONDS",
    "CLEAN_UP_SECONDS",
    "PASSWORD_HASHING_CONCURRENCY",
    "SESSION_IDLE_DAYS",
    "SESSION_DAYS",
    "LOGIN_RATE_PER_ADDRESS",
    "LOGIN_RATE_PER_EMAIL",
    "REFRESH_FAILURE_RATE",
    "FORGOT_PASSWORD_RATE_PER_ADDRESS",
    "OAUTH_DOCUMENT_RATE",
    "OAUTH_FAILURE_RATE",
    "OAUTH_REGISTRATION_RATE",
    "MAIL_RATE_PER_EMAIL",
    "SESSION_RATE",
    "API_KEY_RATE",
    "SMTP_URL",
    "SMTP_PASSWORD_FILE",
    "MAIL_FROM",
    "MAIL_POLL_SECONDS",
    "OPERATOR_NAME",
    "OPERATOR_EMAIL",
    "OPENAI_APPS_CHALLENGE",
];

/// How a statement travels to PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statements {
    /// Named and kept prepared on each connection: the fastest.
    Prepared,
    /// Parsed anew each time, for poolers that cannot keep prepared statements.
    Unnamed,
}

/// What is needed to reach the database.
#[derive(Clone)]
pub struct Database {
    /// The application's own role.
    pub app: tokio_postgres::Config,
    /// The owner of the schema, over a direct connection; the application's role when unset.
    pub owner: tokio_postgres::Config,
    /// Connections at most.
    pub pool_size: usize,
    /// How statements travel.
    pub statements: Statements,
}

/// What `serve` needs.
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// The database.
    pub database: Database,
    /// Base URL of the edge, without a trailing slash: issuer and audience of credentials.
    pub public_url: String,
    /// The `@authority` that the edge signs.
    pub origin_authority: String,
    /// Keys of the signed hop.
    pub signing_keys: Keys,
    /// Keys of the origin's own calls to the edge.
    pub callback_keys: Keys,
    /// Keys that sign and verify credentials; while the process serves, they follow their file.
    pub token_keys: LiveKeys,
    /// Where they stand.
    pub token_keys_file: PathBuf,
    /// How often that file is read.
    pub token_keys_poll: Duration,
    /// Which log lines are written.
    pub log: Targets,
    /// How long requests in flight may take after a stop was asked for.
    pub drain: Duration,
    /// How often what nobody can use any more is removed from the database.
    pub clean_up_every: Duration,
    /// Passwords hashed at one time; each takes 19 MiB.
    pub password_hashing_concurrency: usize,
    /// How long a login holds.
    pub sessions: Lifetime,
    /// How often something may be tried.
    pub rates: Rates,
    /// How mail leaves.
    pub mail: Mail,
    /// How often the outbox is looked into unasked.
    pub mail_poll: Duration,
    /// Who runs the installation.
    pub operator: Operator,
}

/// How often something may be tried, counted in the database over all origins.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Failed logins to one e-mail address from one client address.
    pub login_per_address: Rate,
    /// Failed logins to one e-mail address, from client addresses that its owner has not used.
    pub login_per_email: Rate,
    /// Refreshes with a token that does not hold, from one client address.
    pub refresh_failures: Rate,
    /// Wishes for a link that resets a password, from one client address.
    pub forgot_per_address: Rate,
    /// Links of one kind to one e-mail address.
    pub mail_per_email: Rate,
    /// Logins to one account that succeed.
    pub sessions: Rate,
    /// API keys that one user makes.
    pub api_keys: Rate,
    /// Requests to `/oauth/token` and `/oauth/revoke` that do not hold, from one client address.
    pub oauth_failures: Rate,
    /// Clients that register themselves, from one client address.
    pub registrations: Rate,
    /// Documents of clients that are fetched for one client address.
    pub documents: Rate,
}

/// All that is wrong with the configuration, one line each.
#[derive(Debug, PartialEq, Eq)]
pub struct Problems(Vec<String>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration cannot be used:")?;
        for problem in &self.0 {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// The value of an environment variable; empty counts as unset.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Config {
    /// Everything `serve` and `check` need.
    ///
    /// # Errors
    /// All problems at once.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Problems> {
        let mut reader = Reader::new(&lookup);
        let config = read_config(&mut reader);
        reader.finish(config)
    }
}

impl Database {
    /// Only what `migrate` needs.
    ///
    /// # Errors
    /// All problems at once.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Problems> {
        let mut reader = Reader::new(&lookup);
        let database = read_database(&mut reader);
        reader.finish(database)
    }
}

/// Only the credential keys, for `admin keys public`.
///
/// # Errors
/// All problems at once.
pub fn token_keys(lookup: impl Fn(&str) -> Option<String>) -> Result<TokenKeys, Problems> {
    let mut reader = Reader::new(&lookup);
    let keys = reader.keys("TOKEN_KEYS_FILE", TokenKeys::parse);
    reader.finish(keys)
}

/// Only where the credential keys stand, for `admin keys rotate` and `retire`.
///
/// # Errors
/// All problems at once.
pub fn token_keys_file(lookup: impl Fn(&str) -> Option<String>) -> Result<PathBuf, Problems> {
    let mut reader = Reader::new(&lookup);
    let path = reader.required("TOKEN_KEYS_FILE", KEY_FILE, |path| Some(path.into()));
    reader.finish(path)
}

/// The credential keys that stand in `path` now.
///
/// # Errors
/// What is wrong with the file, in a sentence; nothing of its content.
pub fn read_token_keys(path: &Path) -> Result<TokenKeys, String> {
    let content = reader::secret_file("TOKEN_KEYS_FILE", path)?;
    TokenKeys::parse(&content).map_err(|error| format!("TOKEN_KEYS_FILE: {error}"))
}

/// Only the address, for `healthcheck`.
///
/// # Errors
/// All problems at once.
pub fn listen(lookup: impl Fn(&str) -> Option<String>) -> Result<SocketAddr, Problems> {
    let mut reader = Reader::new(&lookup);
    let listen = read_listen(&mut reader);
    reader.finish(listen)
}

fn read_config(reader: &mut Reader<'_>) -> Option<Config> {
    let listen = read_listen(reader);
    let database = read_database(reader);
    let public_url = reader.required(
        "PUBLIC_URL",
        "the edge's base URL, as in https://tasks.example",
        is_base_url,
    );
    let origin_authority = reader.required(
        "ORIGIN_AUTHORITY",
        "the host, with its port unless it is the default, that the edge signs",
        is_authority,
    );
    let signing_keys = reader.keys("SIGNING_KEYS_FILE", Keys::parse);
    let callback_keys = reader.keys("CALLBACK_KEYS_FILE", Keys::parse);
    if let (Some(signing), Some(callback)) = (&signing_keys, &callback_keys)
        && signing.share_a_secret_with(callback)
    {
        reader.refuse::<()>("CALLBACK_KEYS_FILE has a secret of SIGNING_KEYS_FILE; each direction needs its own, scripts/make-secrets makes one");
    }
    let token_keys = reader.keys("TOKEN_KEYS_FILE", TokenKeys::parse);
    let token_keys_file = reader.text("TOKEN_KEYS_FILE").map(PathBuf::from);
    let token_keys_poll = reader.or_default(
        "TOKEN_KEYS_POLL_SECONDS",
        "10",
        "a number of seconds from 1 to 3600",
        |text| seconds(text, 3600).filter(|every| !every.is_zero()),
    );
    let log = reader.or_default(
        "LOG",
        "info",
        "a filter as in info or origin_api=debug",
        filter_of,
    );
    let drain = reader.or_default(
        "DRAIN_SECONDS",
        "20",
        "a number of seconds from 0 to 3600",
        |text| seconds(text, 3600),
    );
    let clean_up_every = reader.or_default(
        "CLEAN_UP_SECONDS",
        "600",
        "a number of seconds from 1 to 86400",
        |text| seconds(text, 86_400).filter(|every| !every.is_zero()),
    );
    let password_hashing_concurrency = reader.or_default(
        "PASSWORD_HASHING_CONCURRENCY",
        "2",
        "a number from 1 to 64 (19 MiB of memory each)",
        |text| number(text, 64),
    );
    let sessions = read_lifetime(reader);
    let rates = read_rates(reader);
    let mail = mail::read(reader, public_url.as_deref());
    let mail_poll = mail::read_poll(reader);
    let operator = operator::read(reader);
    Some(Config {
        listen: listen?,
        database: database?,
        public_url: public_url?,
        origin_authority: origin_authority?,
        signing_keys: signing_keys?,
        callback_keys: callback_keys?,
        token_keys: LiveKeys::new(token_keys?),
        token_keys_file: token_keys_file?,
        token_keys_poll: token_keys_poll?,
        log: log?,
        drain: drain?,
        clean_up_every: clean_up_every?,
        password_hashing_concurrency: password_hashing_concurrency?,
        sessions: sessions?,
        rates: rates?,
        mail: mail?,
        mail_poll: mail_poll?,
        operator: operator?,
    })
}

fn read_lifetime(reader: &mut Reader<'_>) -> Option<Lifetime> {
    let mut days = |name, default| {
        reader.or_default(name, default, "a number of days from 1 to 3650", |text| {
            let days = i64::try_from(number(text, 3650)?).ok()?;
            Some(SignedDuration::from_hours(24 * days))
        })
    };
    let idle = days("SESSION_IDLE_DAYS", "30");
    let absolute = days("SESSION_DAYS", "180");
    Some(Lifetime {
        idle: idle?,
        absolute: absolute?,
    })
}

fn read_rates(reader: &mut Reader<'_>) -> Option<Rates> {
    let mut rate = |name, default| {
        let expected = "COUNT/SECONDS, as in 10/900: 1 to 1000000 in up to 2592000 seconds";
        reader.or_default(name, default, expected, Rate::parse)
    };
    let login_per_address = rate("LOGIN_RATE_PER_ADDRESS", "10/900");
    let login_per_email = rate("LOGIN_RATE_PER_EMAIL", "30/3600");
    let refresh_failures = rate("REFRESH_FAILURE_RATE", "30/3600");
    let forgot_per_address = rate("FORGOT_PASSWORD_RATE_PER_ADDRESS", "30/3600");
    let mail_per_email = rate("MAIL_RATE_PER_EMAIL", "3/3600");
    let sessions = rate("SESSION_RATE", "1000/2592000");
    let api_keys = rate("API_KEY_RATE", "100/2592000");
    let oauth_failures = rate("OAUTH_FAILURE_RATE", "300/3600");
    let registrations = rate("OAUTH_REGISTRATION_RATE", "30/3600");
    let documents = rate("OAUTH_DOCUMENT_RATE", "60/3600");
    Some(Rates {
        login_per_address: login_per_address?,
        login_per_email: login_per_email?,
        refresh_failures: refresh_failures?,
        forgot_per_address: forgot_per_address?,
        mail_per_email: mail_per_email?,
        sessions: sessions?,
        api_keys: api_keys?,
        oauth_failures: oauth_failures?,
        registrations: registrations?,
        documents: documents?,
    })
}

fn read_listen(reader: &mut Reader<'_>) -> Option<SocketAddr> {
    reader.or_default(
        "LISTEN",
        "127.0.0.1:8788",
        "an address and port, as in 0.0.0.0:8788",
        |text| text.parse().ok(),
    )
}

fn read_database(reader: &mut Reader<'_>) -> Option<Database> {
    let app = reader.postgres("DATABASE_URL", "DATABASE_PASSWORD_FILE");
    let owner = if reader.text("MIGRATION_DATABASE_URL").is_some() {
        reader.postgres("MIGRATION_DATABASE_URL", "MIGRATION_DATABASE_PASSWORD_FILE")
    } else {
        app.clone()
    };
    let pool_size = reader.or_default(
        "DATABASE_POOL_SIZE",
        "16",
        "a number from 1 to 500",
        |text| number(text, 500),
    );
    let statements = reader.or_default(
        "DATABASE_STATEMENTS",
        "prepared",
        "prepared or unnamed",
        |text| match text {
            "prepared" => Some(Statements::Prepared),
            "unnamed" => Some(Statements::Unnamed),
            _ => None,
        },
    );
    Some(Database {
        app: app?,
        owner: owner?,
        pool_size: pool_size?,
        statements: statements?,
    })
}

fn number(text: &str, most: usize) -> Option<usize> {
    text.parse().ok().filter(|count| (1..=most).contains(count))
}

fn seconds(text: &str, most: u64) -> Option<Duration> {
    text.parse()
        .ok()
        .filter(|seconds| *seconds <= most)
        .map(Duration::from_secs)
}

/// `http` or `https`, a host, perhaps a port, nothing behind it; a trailing slash is dropped.
fn is_base_url(text: &str) -> Option<String> {
    let text = text.strip_suffix('/').unwrap_or(text);
    let authority = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    is_authority(authority).map(|_| text.to_owned())
}

fn is_authority(text: &str) -> Option<String> {
    let authority: axum::http::uri::Authority = text.parse().ok()?;
    let lower_case = !text
        .bytes()
        .any(|byte| byte.is_ascii_uppercase() || byte == b'@');
    (lower_case && !authority.host().is_empty()).then(|| text.to_owned())
}

/// The filter of the log, without the lines of the SDK of MCP: they hold what users write.
fn filter_of(text: &str) -> Option<Targets> {
    let filter: Targets = text.parse().ok()?;
    Some(filter.with_target("rmcp", LevelFilter::ERROR))
}

#[cfg(test)]
mod tests;
