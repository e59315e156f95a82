//! Migrations: embedded, forward only, run by `origin-api migrate` over a direct connection.
//!
//! Each runs in its own transaction. refinery takes no lock, so two that start at once are kept
//! apart here by an advisory lock; it is tried again and again instead of waited for, because a
//! waiting transaction would hold up `CREATE INDEX CONCURRENTLY`.

use std::fmt;
use std::time::Duration;

use tokio_postgres::{Client, NoTls};

use crate::config::Database;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Any number will do as long as it stays: "MindFlow" in ASCII.
const LOCK: i64 = 0x4d69_6e64_466c_6f77;
/// How long another migration is waited for, in tries that are half a second apart.
const LOCK_TRIES: u32 = 120;
const LOCK_PAUSE: Duration = Duration::from_millis(500);

/// Why a migration did not happen; says what to do.
#[derive(Debug)]
pub enum MigrateError {
    /// The database cannot be reached.
    Connect(tokio_postgres::Error),
    /// Another migration holds the lock for a minute.
    Locked,
    /// A migration failed, and was rolled back; those before it stay.
    Failed(refinery::Error),
    /// A statement around the migrations failed.
    Statement(tokio_postgres::Error),
}

impl fmt::Display for MigrateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect(_) => "the database cannot be reached; see MIGRATION_DATABASE_URL",
            Self::Locked => "another migration has been running for a minute; wait for it, or end it in pg_stat_activity",
            Self::Failed(_) => "a migration failed and was rolled back",
            Self::Statement(_) => "a statement around the migrations failed",
        })
    }
}

impl std::error::Error for MigrateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Connect(error) | Self::Statement(error) => Some(error),
            Self::Failed(error) => Some(error),
            Self::Locked => None,
        }
    }
}

/// The migration that this program needs.
pub fn latest() -> i32 {
    let migrations = embedded::migrations::runner();
    migrations
        .get_migrations()
        .iter()
        .map(refinery::Migration::version)
        .max()
        .unwrap_or(0)
}

/// Brings the schema up to [`latest`] and lets the application's role use it. Safe twice, and safe
/// while another does the same. A schema that a later release has brought further stays as it is.
///
/// Returns how many migrations were applied.
///
/// # Errors
/// See [`MigrateError`].
pub async fn migrate(config: &Database) -> Result<usize, MigrateError> {
    let (mut client, connection) = config
        .owner
        .connect(NoTls)
        .await
        .map_err(MigrateError::Connect)?;
    let connection = tokio::spawn(connection);
    let result = migrate_with(&mut client, config).await;
    // Closing the connection gives the lock back.
    drop(client);
    // An error of the connection has reached the statement that met it.
    let _ = connection.await;
    result
}

async fn migrate_with(client: &mut Client, config: &Database) -> Result<usize, MigrateError> {
    lock(client).await?;
    if find_level(client).await.map_err(MigrateError::Statement)? > latest() {
        // An undone release finds its successor's schema, on which it can run; refinery would refuse it.
        return Ok(0);
    }
    // A migration that cannot have its lock soon fails and is run again, rather than making every
    // request queue up behind it.
    client
        .batch_execute("SET lock_timeout = '2s'; SET statement_timeout = 0")
        .await
        .map_err(MigrateError::Statement)?;
    let report = embedded::migrations::runner()
        .run_async(client)
        .await
        .map_err(MigrateError::Failed)?;
    if let Some(role) = config
        .app
        .get_user()
        .filter(|role| config.owner.get_user() != Some(role))
    {
        client
            .batch_execute(&grants(role))
            .await
            .map_err(MigrateError::Statement)?;
    }
    Ok(report.applied_migrations().len())
}

/// The newest migration that has run; 0 in an empty database.
async fn find_level(client: &Client) -> Result<i32, tokio_postgres::Error> {
    let exists = "SELECT to_regclass('refinery_schema_history') IS NOT NULL";
    if !client.query_one(exists, &[]).await?.try_get(0)? {
        return Ok(0);
    }
    let level = "SELECT coalesce(max(version), 0) FROM refinery_schema_history";
    client.query_one(level, &[]).await?.try_get(0)
}

async fn lock(client: &Client) -> Result<(), MigrateError> {
    for _ in 0..LOCK_TRIES {
        let row = client
            .query_one("SELECT pg_try_advisory_lock($1)", &[&LOCK])
            .await
            .map_err(MigrateError::Statement)?;
        if row.try_get(0).map_err(MigrateError::Statement)? {
            return Ok(());
        }
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    Err(MigrateError::Locked)
}

/// Rows for the application's role, but not the record of migrations, which it only reads.
/// Who may connect, and time limits, are `deploy/postgres/roles.sh`'s.
fn grants(role: &str) -> String {
    let role = format!("\"{}\"", role.replace('"', "\"\""));
    format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
        REVOKE INSERT, UPDATE, DELETE ON refinery_schema_history FROM {role};"
    )
}
