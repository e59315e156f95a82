//! Which data the database holds (`Mindflow-Epoch`, signing.md): the caches at the edge let go of what they have when
//! it is another.
//!
//! It is read on every new connection, before that serves anybody: a database cannot be put in another one's place
//! under an open connection. And it is read again every second, for `admin epoch renew` on a running database and for
//! poolers that keep connections over a restore. An answer says what was known before its statement began, so an
//! older id than the data's is possible for that second, a newer one never.

use std::sync::{Arc, PoisonError, RwLock};

use deadpool_postgres::{Hook, HookError};
use jiff::Timestamp;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use super::{Db, DbError, Statement, WAIT};
use crate::config::Database;

/// The longest `transaction_timeout` of the role that the gate's rules allow (architecture.md, rule 3).
const LONGEST_TRANSACTION_MS: i64 = 10_000;

/// What is said where it does not.
pub const UNBOUNDED: &str = "the database role's transaction_timeout is off or over 10 s, so the edge cannot tell when a lost write is over; run deploy/postgres/roles.sh, or ALTER ROLE ... SET transaction_timeout = '10s'";

/// What is known of the data; shared by all connections.
#[derive(Clone, Default)]
pub(super) struct DataSet(Arc<RwLock<Option<Uuid>>>);

impl DataSet {
    pub(super) fn epoch(&self) -> Option<Uuid> {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn know(&self, epoch: Uuid) {
        if self.epoch() != Some(epoch) {
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(epoch);
        }
    }

    /// Reads the epoch on each new connection. Where the table is not there yet, readiness says so.
    pub(super) fn hook(&self) -> Hook {
        let data_set = self.clone();
        Hook::async_fn(move |client, _| {
            let data_set = data_set.clone();
            Box::pin(async move {
                let read = tokio::time::timeout(WAIT, client.query_typed(EPOCH.sql, &[])).await;
                match read {
                    Ok(Ok(rows)) => {
                        if let Some(row) = rows.first() {
                            data_set.know(row.try_get(0).map_err(HookError::Backend)?);
                        }
                        Ok(())
                    }
                    Ok(Err(error)) if error.as_db_error().is_some() => Ok(()),
                    Ok(Err(error)) => Err(HookError::Backend(error)),
                    Err(_) => Err(HookError::message("a new connection does not answer")),
                }
            })
        })
    }
}

const EPOCH: Statement = Statement {
    name: "find_epoch",
    sql: "SELECT epoch FROM data_set",
    types: &[],
};

impl Db {
    /// Which data there is, as last read; `None` before the first connection.
    pub fn epoch(&self) -> Option<Uuid> {
        self.data_set.epoch()
    }

    /// Reads it again. `false` when there is none: the data was restored, and `admin epoch renew` has not run since.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn read_epoch(&self) -> Result<bool, DbError> {
        let row = self.query_opt(&EPOCH, &[]).await?;
        if let Some(row) = &row {
            self.data_set.know(row.try_get(0)?);
        }
        Ok(row.is_some())
    }
}

/// Whether the role's `transaction_timeout` bounds a write that has begun as tightly as the gate relies on.
///
/// # Errors
/// See [`DbError`].
pub async fn bounds_transactions(db: &Db) -> Result<bool, DbError> {
    const SQL: Statement = Statement {
        name: "bounds_transactions",
        sql: "SELECT setting::bigint FROM pg_settings WHERE name = 'transaction_timeout'",
        types: &[],
    };
    let setting: i64 = db.query_one(&SQL, &[]).await?.try_get(0)?;
    Ok((1..=LONGEST_TRANSACTION_MS).contains(&setting))
}

/// Makes the data another set, after a restore: a new epoch; and for every user a generation above every former one,
/// so that no credential of before holds, and versions above every former one, so that no tag of before fits.
///
/// Former ones are not known here, since they may have been lost. Each is raised far less than once a second (a
/// generation) or a millisecond (a version), so the time since 1970 in these units is above all of them, also when
/// data is restored again and again. Links that were sent may have been used since: they end too.
///
/// Gives the number of users. Over the owner's connection, whose statements have no time limit.
///
/// # Errors
/// What PostgreSQL says; then nothing was changed.
pub async fn renew(
    config: &Database,
    epoch: Uuid,
    now: Timestamp,
) -> Result<u64, tokio_postgres::Error> {
    let (mut client, connection) = config.owner.connect(NoTls).await?;
    let connection = tokio::spawn(connection);
    let renewed = renew_with(&mut client, epoch, now).await;
    drop(client);
    // An error of the connection has reached the statement that met it.
    let _ = connection.await;
    renewed
}

async fn renew_with(
    client: &mut Client,
    epoch: Uuid,
    now: Timestamp,
) -> Result<u64, tokio_postgres::Error> {
    let (seconds, milliseconds) = (now.as_second(), now.as_millisecond());
    let transaction = client.transaction().await?;
    // Changes that are under way end first, and none begins.
    let lock = "SET LOCAL lock_timeout = '30s'; LOCK TABLE users IN EXCLUSIVE MODE; DELETE FROM email_tokens";
    transaction.batch_execute(lock).await?;
    let users = "UPDATE users
        SET generation = greatest(generation + 1, $1), version = greatest(version + 1, $2),
            preferences_version = greatest(preferences_version + 1, $2)";
    let users = transaction
        .execute(users, &[&seconds, &milliseconds])
        .await?;
    for table in ["tasks", "projects"] {
        let sql = format!("UPDATE {table} SET version = greatest(version + 1, $1)");
        transaction.execute(&sql, &[&milliseconds]).await?;
    }
    // A restore leaves none, so that nobody is served before this.
    let set = "INSERT INTO data_set (epoch) VALUES ($1)
        ON CONFLICT (only_one) DO UPDATE SET epoch = excluded.epoch";
    transaction.execute(set, &[&epoch]).await?;
    transaction.commit().await?;
    Ok(users)
}
