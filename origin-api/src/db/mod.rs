//! The way to PostgreSQL: the pool, the one way to run a statement, and what its errors mean.
//!
//! A statement is a constant with its parameter types, so the same text serves prepared and unnamed.
//! Everything that waits has a limit: a lost database answers 503, it hangs nobody.

pub mod account;
pub mod admin;
pub mod anonymous_keys;
pub mod api_keys;
pub mod apps;
pub mod calendar_tokens;
mod change;
pub mod clean_up;
mod credential;
pub mod data_set;
pub mod deliveries;
mod error;
pub mod export;
pub mod gate_effects;
pub mod import;
pub mod late;
pub mod login;
pub mod mails;
pub mod migrate;
pub mod oauth;
pub mod preferences;
pub mod projects;
pub mod recovery;
pub mod refresh;
pub mod removal;
pub mod repeats;
pub mod revocation;
pub mod sessions;
pub mod stats;
pub mod tasks;
mod terms;
pub mod throttles;
mod transaction;
pub mod users;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, StatementCache,
};
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls, Row, RowStream};

pub use self::change::Place;
use self::data_set::DataSet;
pub use self::error::{DbError, OnConstraint};
pub use self::terms::{Key, Terms};
use crate::app::Clock;
use crate::config::{Database, Statements};
pub use crate::domain::caller::Caller;
use crate::telemetry;

/// How long a request waits for a free connection.
const WAIT: Duration = Duration::from_secs(2);
/// How long making a connection may take, over all hosts of `DATABASE_URL`.
const CONNECT: Duration = Duration::from_secs(4);
/// How long an answer is waited for, a little over the role's `statement_timeout` (5 s): when the
/// network swallows the answer, the server's own limit cannot tell.
const ANSWER: Duration = Duration::from_secs(6);
/// How often a statement is run when PostgreSQL asks for another try (40001, 40P01).
const TRIES: u32 = 3;

/// A statement: its text and the types of its parameters.
pub struct Statement {
    /// The name in logs; that of the function that runs it.
    pub name: &'static str,
    /// The text.
    pub sql: &'static str,
    /// The types of `$1`, `$2`, …, in this order.
    pub types: &'static [Type],
}

/// Values for the parameters of a statement.
pub type Values<'a> = [&'a (dyn ToSql + Sync)];

/// What was read, and the user's version in the same snapshot.
#[derive(Debug)]
pub struct Read<T> {
    /// The rows.
    pub found: T,
    /// `Mindflow-Version`.
    pub version: i64,
}

/// The database.
pub struct Db {
    pool: Pool,
    statements: Statements,
    clock: Arc<dyn Clock>,
    data_set: DataSet,
}

impl Db {
    /// A pool for `config`; connects when the first statement runs, and again whenever it must.
    ///
    /// # Panics
    /// Never: the pool has the runtime that its timeouts need.
    pub fn new(config: &Database, clock: Arc<dyn Clock>) -> Self {
        // `Fast` asks the client whether its connection is closed, without a round trip.
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let data_set = DataSet::default();
        let pool = Pool::builder(Manager::from_config(config.app.clone(), NoTls, recycling))
            .max_size(config.pool_size)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(CONNECT))
            .recycle_timeout(Some(WAIT))
            .runtime(Runtime::Tokio1)
            .post_create(data_set.hook())
            .build()
            .expect("a runtime for the pool's timeouts is given");
        Self {
            pool,
            statements: config.statements,
            clock,
            data_set,
        }
    }

    /// Runs `statement` in one round trip (two when a connection first prepares it), in its own
    /// transaction, again when PostgreSQL asks for it.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn query(
        &self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Vec<Row>, DbError> {
        self.query_as(self.statements, statement, values).await
    }

    async fn query_as(
        &self,
        how: Statements,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Vec<Row>, DbError> {
        let started = self.clock.elapsed();
        let mut tries = 1;
        let rows = loop {
            match self.try_query(how, statement, values).await {
                Err(DbError::Serialization(_)) if tries < TRIES => tries += 1,
                result => break result,
            }
        };
        telemetry::add_database_time(self.clock.elapsed().saturating_sub(started));
        rows
    }

    /// As [`Db::query`], with a plan made for these values: for a statement whose best plan depends on them.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn query_planned_anew(
        &self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Vec<Row>, DbError> {
        self.query_as(Statements::Unnamed, statement, values).await
    }

    /// As [`Db::query`], for many rows of a statement that changes nothing: each is given to `take` as it arrives, so
    /// that it is read while PostgreSQL is still busy with the next ones. It is not run again.
    ///
    /// # Errors
    /// See [`DbError`], and those of `take`.
    pub async fn query_each(
        &self,
        statement: &Statement,
        values: &Values<'_>,
        mut take: impl FnMut(Row) -> Result<(), DbError> + Send,
    ) -> Result<(), DbError> {
        let started = self.clock.elapsed();
        let client = self.pool.get().await?;
        let work = async {
            let failed = |error| DbError::of(statement.name, error);
            let cache = &client.statement_cache;
            let rows = start(self.statements, cache, &client, statement, values, None);
            let mut rows = pin!(rows.await.map_err(failed)?);
            while let Some(row) = rows.try_next().await.map_err(failed)? {
                take(row)?;
            }
            Ok(())
        };
        let answer = tokio::time::timeout(ANSWER, work).await;
        telemetry::add_database_time(self.clock.elapsed().saturating_sub(started));
        match answer {
            Ok(done) => done,
            Err(_) => Err(abandoned(client, statement)),
        }
    }

    /// As [`Db::query`], for a statement that gives at most one row.
    ///
    /// # Errors
    /// See [`DbError`]; more rows are [`DbError::Unexpected`].
    pub async fn query_opt(
        &self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Option<Row>, DbError> {
        at_most_one(statement, self.query(statement, values).await?)
    }

    /// As [`Db::query`], for a statement that always gives one row.
    ///
    /// # Errors
    /// See [`DbError`]; any other number of rows is [`DbError::Unexpected`].
    pub async fn query_one(
        &self,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Row, DbError> {
        one(statement, self.query(statement, values).await?)
    }

    /// As [`Db::query`], in one transaction after `lock`: what is locked cannot change between the
    /// statement's snapshot and its end. Four round trips, for the rare statement that was overtaken.
    ///
    /// # Errors
    /// See [`DbError`].
    pub async fn query_after(
        &self,
        (lock, key): (&Statement, &Values<'_>),
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Vec<Row>, DbError> {
        let transaction = self.begin().await?;
        transaction.query(lock, key).await?;
        let rows = transaction.query(statement, values).await?;
        transaction.commit().await?;
        Ok(rows)
    }

    async fn try_query(
        &self,
        how: Statements,
        statement: &Statement,
        values: &Values<'_>,
    ) -> Result<Vec<Row>, DbError> {
        let client = self.pool.get().await?;
        let by = self.begin_by()?;
        let work = send(how, &client.statement_cache, &client, statement, values, by);
        match tokio::time::timeout(ANSWER, work).await {
            Ok(answer) => answer.map_err(|error| DbError::of(statement.name, error)),
            Err(_) => Err(abandoned(client, statement)),
        }
    }

    /// Until when a write may begin that is about to, by the clock of the database.
    fn begin_by(&self) -> Result<Option<Timestamp>, DbError> {
        let by = late::begin_by(self.clock.now())?;
        Ok(by.map(|by| self.clock.by_system(by)))
    }
}

async fn send(
    how: Statements,
    cache: &StatementCache,
    client: &Client,
    statement: &Statement,
    values: &Values<'_>,
    begin_by: Option<Timestamp>,
) -> Result<Vec<Row>, tokio_postgres::Error> {
    let rows = start(how, cache, client, statement, values, begin_by).await?;
    rows.try_collect().await
}

/// `begin_by` is compared where the statement has room for it.
async fn start(
    how: Statements,
    cache: &StatementCache,
    client: &Client,
    statement: &Statement,
    values: &Values<'_>,
    begin_by: Option<Timestamp>,
) -> Result<RowStream, tokio_postgres::Error> {
    debug_assert_eq!(
        statement.types.len(),
        values.len(),
        "parameters of {}",
        statement.name
    );
    let compared = begin_by.and_then(|by| Some((by, late::compared(statement)?)));
    let mut values = values.to_vec();
    let (sql, types) = match &compared {
        Some((by, (sql, types))) => {
            values.push(by);
            (sql.as_str(), types.as_slice())
        }
        None => (statement.sql, statement.types),
    };
    match how {
        Statements::Prepared => {
            let prepared = cache.prepare_typed(client, sql, types).await?;
            client.query_raw(&prepared, values).await
        }
        Statements::Unnamed => {
            let pairs = values.into_iter().zip(types.iter().cloned());
            client.query_typed_raw(sql, pairs).await
        }
    }
}

fn at_most_one(statement: &Statement, mut rows: Vec<Row>) -> Result<Option<Row>, DbError> {
    let row = rows.pop();
    if rows.is_empty() {
        Ok(row)
    } else {
        Err(DbError::unexpected(format!(
            "{} gave more than one row",
            statement.name
        )))
    }
}

fn one(statement: &Statement, rows: Vec<Row>) -> Result<Row, DbError> {
    let row = at_most_one(statement, rows)?;
    row.ok_or_else(|| DbError::unexpected(format!("{} gave no row", statement.name)))
}

/// The answer may still come: the connection must not serve anyone else.
fn abandoned(client: Object, statement: &Statement) -> DbError {
    drop(Object::take(client));
    unanswered(statement, ANSWER)
}

fn unanswered(statement: &Statement, limit: Duration) -> DbError {
    let waited = limit.as_secs();
    DbError::Unavailable(format!("{} was not answered in {waited} s", statement.name).into())
}
