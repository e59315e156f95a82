//! Several statements, all or none of which are applied, for what one statement cannot say.

use std::time::Duration;

use deadpool_postgres::Object;
use tokio_postgres::{Row, RowStream};

use super::{ANSWER, Db, DbError, Statement, Values, at_most_one, one, send, start, unanswered};
use crate::telemetry;

/// A transaction. One that is not ended loses its connection, and so nothing of it is applied: whoever waited for it
/// may be gone in the middle of a statement.
pub struct Transaction<'a> {
    db: &'a Db,
    client: Option<Object>,
    /// How long each of its statements may take.
    limit: Duration,
}

const BEGIN: Statement = Statement {
    name: "begin",
    sql: "BEGIN",
    types: &[],
};
const BEGIN_SNAPSHOT: Statement = Statement {
    name: "begin",
    sql: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    types: &[],
};
const COMMIT: Statement = Statement {
    name: "commit",
    sql: "COMMIT",
    types: &[],
};
const ROLLBACK: Statement = Statement {
    name: "rollback",
    sql: "ROLLBACK",
    types: &[],
};

impl Db {
    /// Begins a transaction: one round trip, as each of its statements and its end.
    ///
    /// # Errors
    /// See [`DbError`].
    pub(super) async fn begin(&self) -> Result<Transaction<'_>, DbError> {
        self.begin_within(ANSWER).await
    }

    /// As [`Db::begin`], with statements that may take `limit` each.
    ///
    /// # Errors
    /// See [`DbError`].
    pub(super) async fn begin_within(&self, limit: Duration) -> Result<Transaction<'_>, DbError> {
        let transaction = self.transaction(limit).await?;
        transaction.control(&BEGIN).await?;
        Ok(transaction)
    }

    /// Begins a transaction that reads everything as of one instant, and may take as long as `limit`, which is longer
    /// than the role allows by itself: it changes nothing, so nobody waits for it.
    ///
    /// # Errors
    /// See [`DbError`].
    pub(super) async fn begin_snapshot(&self, limit: Duration) -> Result<Transaction<'_>, DbError> {
        let transaction = self.transaction(limit).await?;
        transaction.control(&BEGIN_SNAPSHOT).await?;
        // A transaction's timer that runs is not set anew, but ended and started.
        let milliseconds = limit.as_millis();
        let limits = format!(
            "SET LOCAL statement_timeout = {milliseconds};
            SET LOCAL transaction_timeout = 0;
            SET LOCAL transaction_timeout = {milliseconds}"
        );
        let work = transaction.client()?.batch_execute(&limits);
        transaction.timed(&BEGIN_SNAPSHOT, work).await?;
        Ok(transaction)
    }

    async fn transaction(&self, limit: Duration) -> Result<Transaction<'_>, DbError> {
        Ok(Transaction {
            db: self,
            client: Some(self.pool.get().await?),
            limit,
        })
    }
}

impl Transaction<'_> {
    /// Runs a statement over a snapshot of its own; it is not run again.
    ///
    /// # Errors
    /// See [`DbError`].
    pub(super) async fn query(
        &self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Vec<Row>, DbError> {
        let client = self.client()?;
        let work = send(
            self.db.statements,
            &client.statement_cache,
            client,
            statement,
            values,
            self.db.begin_by()?,
        );
        self.timed(statement, work).await
    }

    /// The row of a statement that gives at most one.
    ///
    /// # Errors
    /// See [`DbError`].
    pub(super) async fn query_opt(
        &self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Option<Row>, DbError> {
        at_most_one(statement, self.query(statement, values).await?)
    }

    /// The row of a statement that always gives one.
    ///
    /// # Errors
    /// See [`DbError`].
    pub(super) async fn query_one(
        &self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Row, DbError> {
        one(statement, self.query(statement, values).await?)
    }

    /// The rows of a statement that writes nothing, as they arrive. PostgreSQL is read from no faster than they are
    /// taken, so however many rows there are, few are in memory.
    ///
    /// # Errors
    /// See [`DbError`].
    pub(super) async fn stream(
        &self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<RowStream, DbError> {
        let client = self.client()?;
        let cache = &client.statement_cache;
        let work = start(self.db.statements, cache, client, statement, values, None);
        self.timed(statement, work).await
    }

    /// Applies all of it.
    ///
    /// # Errors
    /// See [`DbError`]; whether it was applied is then unknown.
    pub(super) async fn commit(self) -> Result<(), DbError> {
        self.end(&COMMIT).await
    }

    /// Applies nothing of it, and keeps the connection.
    ///
    /// # Errors
    /// See [`DbError`]; nothing is applied all the same.
    pub(super) async fn rollback(self) -> Result<(), DbError> {
        self.end(&ROLLBACK).await
    }

    async fn end(mut self, statement: &Statement) -> Result<(), DbError> {
        self.control(statement).await?;
        // The connection goes back to the pool.
        self.client = None;
        Ok(())
    }

    async fn control(&self, statement: &Statement) -> Result<(), DbError> {
        let work = self.client()?.batch_execute(statement.sql);
        self.timed(statement, work).await
    }

    async fn timed<T>(
        &self,
        statement: &Statement,
        work: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, DbError> {
        let started = self.db.clock.elapsed();
        let answer = tokio::time::timeout(self.limit, work).await;
        let took: Duration = self.db.clock.elapsed().saturating_sub(started);
        telemetry::add_database_time(took);
        answer
            .map_err(|_| unanswered(statement, self.limit))?
            .map_err(|error| DbError::of(statement.name, error))
    }

    fn client(&self) -> Result<&Object, DbError> {
        let ended = || DbError::unexpected("a transaction that has ended");
        self.client.as_ref().ok_or_else(ended)
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
    }
}
