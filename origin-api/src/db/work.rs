//! Several statements in one transaction, for what one statement cannot say: an import, which looks at what is there
//! before it writes, and an export, which reads several tables as of one instant.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Object, StatementCache, Transaction};
use jiff::Timestamp;
use tokio_postgres::{IsolationLevel, Row, RowStream};

use super::{Db, DbError, Statement, Values, at_most_one, send, start};
use crate::config::Statements;

/// A transaction; dropped before its commit, it rolls back.
pub(super) struct Work<'a> {
    transaction: Transaction<'a>,
    how: Statements,
    cache: Arc<StatementCache>,
    /// Until when its statements may begin, if it writes.
    begin_by: Option<Timestamp>,
}

impl Db {
    /// A connection for a transaction.
    pub(super) async fn connection(&self) -> Result<Object, DbError> {
        Ok(self.pool.get().await?)
    }

    /// Begins a transaction.
    pub(super) async fn begin_work<'a>(&self, client: &'a mut Object) -> Result<Work<'a>, DbError> {
        let begin_by = self.begin_by()?;
        let cache = Arc::clone(&client.statement_cache);
        let transaction = client.transaction().await.map_err(at_begin)?;
        Ok(Work {
            transaction,
            how: self.statements,
            cache,
            begin_by,
        })
    }

    /// Begins a transaction that reads everything as of one instant, and may take as long as `limit`, which is longer
    /// than the role allows by itself: it changes nothing, so nobody waits for it.
    pub(super) async fn begin_snapshot<'a>(
        &self,
        client: &'a mut Object,
        limit: Duration,
    ) -> Result<Work<'a>, DbError> {
        let cache = Arc::clone(&client.statement_cache);
        let begun = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true)
            .start();
        let transaction = begun.await.map_err(at_begin)?;
        // A transaction's timer that runs is not set anew, but ended and started.
        let milliseconds = limit.as_millis();
        let limits = format!(
            "SET LOCAL statement_timeout = {milliseconds};
            SET LOCAL transaction_timeout = 0;
            SET LOCAL transaction_timeout = {milliseconds}"
        );
        transaction.batch_execute(&limits).await.map_err(at_begin)?;
        Ok(Work {
            transaction,
            how: self.statements,
            cache,
            begin_by: None,
        })
    }
}

fn at_begin(error: tokio_postgres::Error) -> DbError {
    DbError::of("begin", error)
}

impl Work<'_> {
    /// The rows of `statement`.
    pub(super) async fn query(
        &self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Vec<Row>, DbError> {
        let client = self.transaction.client();
        let rows = send(
            self.how,
            &self.cache,
            client,
            statement,
            values,
            self.begin_by,
        )
        .await;
        rows.map_err(|error| DbError::of(statement.name, error))
    }

    /// The row of a statement that gives at most one.
    pub(super) async fn query_opt(
        &self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Option<Row>, DbError> {
        at_most_one(statement, self.query(statement, values).await?)
    }

    /// The row of a statement that always gives one.
    pub(super) async fn query_one(
        &self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Row, DbError> {
        let row = self.query_opt(statement, values).await?;
        row.ok_or_else(|| DbError::unexpected(format!("{} gave no row", statement.name)))
    }

    /// The rows of `statement` as they arrive. PostgreSQL is read from no faster than they are taken, so however many
    /// rows there are, few are in memory.
    pub(super) async fn stream(
        &self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<RowStream, DbError> {
        let client = self.transaction.client();
        let rows = start(self.how, &self.cache, client, statement, values, None).await;
        rows.map_err(|error| DbError::of(statement.name, error))
    }

    /// Makes it so.
    pub(super) async fn commit(self) -> Result<(), DbError> {
        let committed = self.transaction.commit().await;
        committed.map_err(|error| DbError::of("commit", error))
    }
}
