//! Several statements, all or none of which are applied.

use std::time::Duration;

use deadpool_postgres::Object;
use tokio_postgres::Row;

use super::{ANSWER, Db, DbError, Statement, Values, send, unanswered};
use crate::telemetry;

/// A transaction. One that is not ended loses its connection, and so nothing of it is applied: whoever waited for it
/// may be gone in the middle of a statement.
pub struct Transaction<'a> {
    db: &'a Db,
    client: Option<Object>,
}

const BEGIN: Statement = Statement {
    name: "begin",
    sql: "BEGIN",
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
        let client = self.pool.get().await?;
        let transaction = Transaction {
            db: self,
            client: Some(client),
        };
        transaction.control(&BEGIN).await?;
        Ok(transaction)
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
        let answer = tokio::time::timeout(ANSWER, work).await;
        let took: Duration = self.db.clock.elapsed().saturating_sub(started);
        telemetry::add_database_time(took);
        answer
            .map_err(|_| unanswered(statement))?
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
