//! What every request needs, built once: configuration, database, clock, randomness, keys.
//!
//! Nothing else reads the clock or draws randomness, so tests can fix both.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use shared_types::account::Password;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::client_documents::Documents;
use crate::config::Config;
use crate::db::gate_effects::Telling;
use crate::db::{Db, Terms};
use crate::domain::tokens::Issuer;
use crate::error::Error;
use crate::mail::Outbox;
use crate::middleware::credential::Verified;
use crate::middleware::signature::{Nonces, Refused};
use crate::middleware::uses::Uses;
use crate::openapi::Published;
use crate::passwords::Passwords;

/// Imports under way at one time.
const IMPORTS: usize = 2;

/// What handlers take as their `State`.
pub type Shared = Arc<App>;

/// The state of the process.
pub struct App {
    /// The configuration, as read at start.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// Password hashing.
    pub passwords: Passwords,
    /// Credentials that have been verified.
    pub credentials: Verified,
    /// Uses of credentials that have been written.
    pub uses: Uses,
    /// Nonces of signatures that have been accepted.
    pub nonces: Nonces,
    /// Refused requests, by reason.
    pub refused: Refused,
    /// The description of the API.
    pub published: Published,
    /// What wakes the mailer.
    pub outbox: Outbox,
    /// Exports that may be under way: each holds a connection for as long as somebody reads it.
    pub exports: Arc<Semaphore>,
    /// Imports that may be under way: each may hold some tens of megabytes.
    pub imports: Semaphore,
    /// Clients that name themselves by an address.
    pub documents: Documents,
    draining: AtomicBool,
}

/// The time.
pub trait Clock: Send + Sync {
    /// The instant now, in whole milliseconds as everything the origin stores and shows.
    fn now(&self) -> Timestamp;
    /// Time since some fixed point, for measuring durations.
    fn elapsed(&self) -> Duration;
    /// What an instant of this clock is by the system's, which PostgreSQL goes by.
    fn by_system(&self, at: Timestamp) -> Timestamp {
        at
    }
}

/// Randomness fit for keys and tokens.
pub trait Rng: Send + Sync {
    /// Fills `bytes`.
    ///
    /// # Panics
    /// When the system has no randomness: nothing safe can be done then.
    fn fill(&self, bytes: &mut [u8]);
}

/// The system's clock.
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock that measures from now.
    #[expect(
        clippy::new_without_default,
        reason = "making one reads the clock, which a default should not"
    )]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system's clock"
    )]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system's clock"
    )]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let milliseconds = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The system's randomness.
pub struct SystemRng;

impl Rng for SystemRng {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that draws randomness"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system has randomness");
    }
}

/// A new id (UUIDv7, RFC 9562) of the present millisecond.
pub fn new_id(clock: &dyn Clock, rng: &dyn Rng) -> Uuid {
    let mut random = [0; 10];
    rng.fill(&mut random);
    let milliseconds = u64::try_from(clock.now().as_millisecond()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}

impl App {
    /// The state for `config`; connects to nothing yet.
    pub fn new(config: Config, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        Self {
            db: Db::new(&config.database, clock.clone()),
            passwords: Passwords::new(config.password_hashing_concurrency),
            credentials: Verified::default(),
            uses: Uses::default(),
            nonces: Nonces::default(),
            refused: Refused::default(),
            published: Published::default(),
            outbox: Outbox::default(),
            exports: Arc::new(Semaphore::new((config.database.pool_size / 4).max(1))),
            imports: Semaphore::new(IMPORTS),
            documents: Documents::new(),
            draining: AtomicBool::new(false),
            config,
            clock,
            rng,
        }
    }

    /// The same over another network, for tests.
    #[must_use]
    pub fn with_documents(mut self, documents: Documents) -> Self {
        self.documents = documents;
        self
    }

    /// A new id (UUIDv7, RFC 9562) of the present millisecond.
    pub fn new_id(&self) -> Uuid {
        new_id(self.clock.as_ref(), self.rng.as_ref())
    }

    /// What signs the tokens of a session.
    pub fn issuer(&self) -> Issuer<'_> {
        Issuer {
            public_url: &self.config.public_url,
            keys: self.config.token_keys.current(),
        }
    }

    /// A new id and the present instant, for what the gates are told.
    pub fn telling(&self) -> Telling {
        Telling {
            id: self.new_id(),
            at: self.clock.now(),
        }
    }

    /// The hash of a new password, for storing.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many are waiting.
    pub async fn hash_password(&self, password: &Password) -> Result<String, Error> {
        let mut salt = [0; 16];
        self.rng.fill(&mut salt);
        self.passwords
            .hash(password.expose().to_owned(), salt)
            .await
    }

    /// 32 random bytes.
    pub fn random(&self) -> [u8; 32] {
        let mut random = [0; 32];
        self.rng.fill(&mut random);
        random
    }

    /// The terms of a request whose body holds a password: what is kept of the request lets nobody who reads the
    /// database try passwords against it.
    pub fn seal(&self, mut terms: Terms) -> Terms {
        if let Some(key) = &mut terms.key {
            let keys = self.config.token_keys.current();
            key.request_hash = keys.derive_lasting("request with a password", &key.request_hash);
        }
        terms
    }

    /// The id of a mail about to be wished for, where mail is sent.
    pub fn new_mail(&self) -> Option<Uuid> {
        self.config.mail.is_on().then(|| self.new_id())
    }

    /// Says that a stop was asked for: `/readyz` answers 503 from now on.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether a stop was asked for.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}
