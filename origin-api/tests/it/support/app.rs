//! The origin as a test has it: its real router over a database of its own, behind a proxy.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use jiff::{SignedDuration, Timestamp};
use origin_api::app::{App, Clock, Rng, SystemClock};
use origin_api::client_documents::Documents;
use origin_api::config::Config;
use origin_api::db::Caller;
use origin_api::domain::tokens::{Grant, RefreshToken};
use origin_api::middleware::signature::User;
use origin_api::router::router;
use origin_api::telemetry::Log;
use shared_types::id::{CredentialId, UserId};
use shared_types::scope::Scopes;
use shared_types::signature::Keys;
use tower::ServiceExt as _;

use super::client::{Client, Response};
use super::database::TestDatabase;
use super::proxy::Proxy;

/// `ORIGIN_AUTHORITY` in tests.
pub const AUTHORITY: &str = "origin.test";
/// `PUBLIC_URL` in tests.
pub const PUBLIC_URL: &str = "https://mindflow.test";
/// A signing key that the origin knows, first.
pub const SIGNING_KEYS: &str = "edge-2026=q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ8TJUdpi63P8=\n";
/// A key that the origin signs its own calls with.
pub const CALLBACK_KEYS: &str = "origin-2026=PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n";
/// A credential key that the origin knows.
pub const TOKEN_KEYS: &str = "tokens-1=nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n";
/// The instant at which every test begins.
const START: &str = "2026-11-22T12:00:00Z";

/// The origin under test.
pub struct TestApp {
    pub app: Arc<App>,
    pub clock: Arc<FixedClock>,
    pub proxy: Proxy,
    pub keys: Arc<Keys>,
    router: Router,
    // Last: dropped after everything that holds connections.
    pub database: TestDatabase,
}

impl TestApp {
    /// The origin with its defaults.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// The origin with these variables set differently.
    pub async fn with(variables: &[(&str, &str)]) -> Self {
        Self::over(Documents::new(), variables).await
    }

    /// The same, with documents of clients from another network than the Internet.
    pub async fn over(documents: Documents, variables: &[(&str, &str)]) -> Self {
        let database = TestDatabase::new().await;
        let proxy = Proxy::new(&database.config).await;
        let url = format!(
            "postgresql://{}@{}/{}",
            database
                .config
                .get_user()
                .expect("TEST_DATABASE_URL names a role"),
            proxy.address,
            database.config.get_dbname().unwrap(),
        );
        let mut values: HashMap<&str, String> = HashMap::from([
            ("DATABASE_URL", url),
            ("PUBLIC_URL", PUBLIC_URL.to_owned()),
            ("ORIGIN_AUTHORITY", AUTHORITY.to_owned()),
            ("SIGNING_KEYS_FILE", secret_file("signing", SIGNING_KEYS)),
            ("CALLBACK_KEYS_FILE", secret_file("callback", CALLBACK_KEYS)),
            ("TOKEN_KEYS_FILE", secret_file("token", TOKEN_KEYS)),
        ]);
        values.extend(
            variables
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        let mut config = Config::from_lookup(|name| values.get(name).cloned()).unwrap();
        if let Some(password) = database.config.get_password() {
            config.database.app.password(password);
        }
        let clock = Arc::new(FixedClock::default());
        log();
        let app = App::new(config, clock.clone(), Arc::new(SeededRng::default()));
        let app = Arc::new(app.with_documents(documents));
        let keys = Arc::new(Keys::parse(SIGNING_KEYS).unwrap());
        Self {
            router: router(Arc::clone(&app)),
            app,
            clock,
            proxy,
            keys,
            database,
        }
    }

    /// A caller without a credential.
    pub fn anonymous(&self) -> Client {
        Client::new(
            self.router.clone(),
            Arc::clone(&self.keys),
            Arc::clone(&self.app),
            None,
        )
    }

    /// A new user, `NAME@example.com`, with a session that has every scope. The password can sign
    /// nobody in: its hash is none. The token counts as used today: its first use would be written beside the
    /// request, and tests count the round trips of every later one.
    pub async fn user(&self, name: &str) -> Client {
        let database = self.database.connect().await;
        let (user, session) = (self.app.new_id(), self.app.new_id());
        let now = self.app.clock.now();
        let ends_at = self.app.config.sessions.idles_at(now);
        let email = format!("{name}@example.com");
        database
            .execute(
                "INSERT INTO user_emails (email, user_id) VALUES ($1, $2)",
                &[&email, &user],
            )
            .await
            .unwrap();
        database
            .execute(
                "INSERT INTO users (user_id, email, password_hash, created_at) VALUES ($1, $2, 'none', $3)",
                &[&user, &email, &now],
            )
            .await
            .unwrap();
        database
            .execute(
                "INSERT INTO sessions (user_id, id, kind, created_at, last_used_on, expires_at)
                VALUES ($1, $2, 'token', $3, '2026-11-22', $4)",
                &[&user, &session, &now, &ends_at],
            )
            .await
            .unwrap();
        let grant = Grant {
            user: UserId(user),
            session: CredentialId(session),
            generation: 1,
            expires_at: ends_at,
        };
        let first_use = User {
            caller: Caller {
                user: grant.user,
                credential: grant.session,
                generation: grant.generation,
                now,
            },
            scopes: Scopes::all(),
            issued_at: now.as_second(),
        };
        self.app.uses.note(&self.app.db, &first_use).await;
        self.client(grant)
    }

    /// A caller with a new access token for `grant`.
    pub fn client(&self, grant: Grant) -> Client {
        let refresh = RefreshToken::new([0; 32]);
        let now = self.app.clock.now();
        let tokens = self.app.issuer().tokens(&grant, &refresh, now).unwrap();
        self.client_with(&tokens.access_token)
    }

    /// A caller who shows `token`.
    pub fn client_with(&self, token: &str) -> Client {
        Client::new(
            self.router.clone(),
            Arc::clone(&self.keys),
            Arc::clone(&self.app),
            Some(token.to_owned()),
        )
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Response {
        Response::read(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// Round trips to the database that `work` takes.
    pub async fn round_trips<T>(&self, work: impl Future<Output = T>) -> (u64, T) {
        let before = self.proxy.round_trips();
        let result = work.await;
        (self.proxy.round_trips() - before, result)
    }
}

/// A file with `content` that only its owner can read.
pub fn secret_file(name: &str, content: &str) -> String {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(format!("{name}-{}-{count}", std::process::id()));
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .unwrap();
    file.write_all(content.as_bytes()).unwrap();
    path.into_os_string().into_string().unwrap()
}

/// The log of this test process: lines of every test, told apart by their request ids. Nobody reads them away, so it
/// holds them all.
pub fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::holding(usize::MAX);
        log.install("debug".parse().unwrap(), Arc::new(FixedClock::default()))
            .unwrap();
        log
    })
}

/// A clock that stands still until it is moved.
pub struct FixedClock(AtomicI64);

impl Default for FixedClock {
    fn default() -> Self {
        let start: Timestamp = START.parse().unwrap();
        Self(AtomicI64::new(start.as_millisecond()))
    }
}

impl FixedClock {
    /// Sets it to the real time, for talking to a process that has a clock of its own.
    pub fn follow(&self, clock: &impl Clock) {
        self.0.store(clock.now().as_millisecond(), Ordering::SeqCst);
    }

    /// Moves it.
    pub fn advance(&self, by: SignedDuration) {
        self.0
            .fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    /// As far from the real time as it is from this one.
    fn by_system(&self, at: Timestamp) -> Timestamp {
        SystemClock::new().now() + at.duration_since(self.now())
    }
}

/// The same "random" bytes in every run (`SplitMix64`).
#[derive(Default)]
pub struct SeededRng(AtomicU64);

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut word = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst);
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(word ^ (word >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}
