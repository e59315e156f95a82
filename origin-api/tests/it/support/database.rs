//! A database for each test: copied from a template that is migrated once, dropped at the end.
//!
//! The template's name holds a hash of the migrations, so it is never stale and any number of test
//! processes share it; an advisory lock lets one of them make it. What a killed run leaves behind is
//! swept by the next.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use origin_api::config::{Database, Statements};
use origin_api::db::migrate;
use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, Config, NoTls};

const PREFIX: &str = "mf_it_";
const LOCK: i64 = 0x6d66_5f69_7400;
const ABANDONED: Duration = Duration::from_mins(15);

/// The server that tests use.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told their server by the environment"
)]
pub fn server() -> Config {
    let url = std::env::var("TEST_DATABASE_URL")
        .expect("TEST_DATABASE_URL names no PostgreSQL; scripts/test starts one");
    url.parse()
        .expect("TEST_DATABASE_URL is postgresql://user@host:port/database")
}

/// Connects; the connection lives as long as the client.
pub async fn connect(config: &Config) -> Client {
    let (client, connection) = config
        .connect(NoTls)
        .await
        .expect("PostgreSQL of TEST_DATABASE_URL answers");
    tokio::spawn(connection);
    client
}

/// A fresh, migrated database; dropped with the value.
pub struct TestDatabase {
    pub config: Config,
    name: String,
}

impl TestDatabase {
    /// A copy of the template.
    pub async fn new() -> Self {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let template = TEMPLATE.get_or_init(prepare_template).await;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}case_{}_{}_{count}", seconds(), std::process::id());
        Self::create(name, &format!("TEMPLATE {template}")).await
    }

    /// An empty database.
    pub async fn empty(label: &str) -> Self {
        Self::create(
            format!("{PREFIX}case_{}_{}_{label}", seconds(), std::process::id()),
            "",
        )
        .await
    }

    async fn create(name: String, how: &str) -> Self {
        let client = connect(&server()).await;
        client
            .batch_execute(&format!("CREATE DATABASE {name} {how}"))
            .await
            .expect("a test's database is made");
        Self {
            config: on(&name),
            name,
        }
    }

    /// A connection of the test's own, past the proxy.
    pub async fn connect(&self) -> Client {
        connect(&self.config).await
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = std::mem::take(&mut self.name);
        // The test's own runtime may be ending; a thread and runtime apart are not touched by that.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async { drop_database(&connect(&server()).await, &name).await });
        });
        assert!(
            dropped.join().is_ok() || std::thread::panicking(),
            "the test's database is dropped"
        );
    }
}

/// The server's settings for another of its databases.
fn on(name: &str) -> Config {
    let mut config = server();
    config.dbname(name);
    config
}

async fn prepare_template() -> String {
    let client = connect(&server()).await;
    client
        .execute("SELECT pg_advisory_lock($1)", &[&LOCK])
        .await
        .unwrap();
    let name = format!("{PREFIX}template_{}", migrations_hash());
    let names: Vec<String> = client
        .query(
            "SELECT datname FROM pg_database WHERE datname LIKE $1 || '%'",
            &[&PREFIX],
        )
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    for stale in names.iter().filter(|name| is_abandoned(name)) {
        drop_database(&client, stale).await;
    }
    if !names.contains(&name) {
        let unfinished = format!("{name}_unfinished");
        drop_database(&client, &unfinished).await;
        client
            .batch_execute(&format!("CREATE DATABASE {unfinished}"))
            .await
            .unwrap();
        migrate::migrate(&settings(&on(&unfinished))).await.unwrap();
        client
            .batch_execute(&format!("ALTER DATABASE {unfinished} RENAME TO {name}"))
            .await
            .unwrap();
    }
    name
}

/// What `migrate` needs, for a database whose owner is also its user.
pub fn settings(config: &Config) -> Database {
    Database {
        app: config.clone(),
        owner: config.clone(),
        pool_size: 1,
        statements: Statements::Prepared,
    }
}

async fn drop_database(client: &Client, name: &str) {
    client
        .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        .await
        .unwrap();
}

/// A test's database whose test began long ago.
fn is_abandoned(name: &str) -> bool {
    let begun = name
        .strip_prefix(PREFIX)
        .and_then(|name| name.strip_prefix("case_"))
        .and_then(|name| name.split('_').next());
    begun
        .and_then(|begun| begun.parse().ok())
        .is_some_and(|begun: u64| begun + ABANDONED.as_secs() < seconds())
}

fn migrations_hash() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.file_name().unwrap().as_encoded_bytes());
        hash.update(std::fs::read(file).unwrap());
    }
    let hash = hash.finalize();
    format!("{:016x}", u64::from_be_bytes(hash[..8].try_into().unwrap()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "databases are swept by their age"
)]
fn seconds() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}
