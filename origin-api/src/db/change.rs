//! How a change is run: in one statement, and once more behind the user's lock when another change of the same
//! user overtook it, where nothing can overtake it again; or as one of several statements behind that lock. What such
//! statements have in common is here too.
//!
//! A statement gives its outcome as the first column of its first row; `apply` says that it was overtaken: its verdict was to apply
//! the change, and what it was given over had moved on.

use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::transaction::Transaction;
use super::{Caller, Db, DbError, Key, Statement, Values};

/// Where a change runs.
#[derive(Clone, Copy)]
pub enum Place<'a> {
    /// Alone: it is applied by its own statement.
    Alone(&'a Db),
    /// As one of several behind the user's lock, of which all are applied or none.
    Among(&'a Transaction<'a>),
}

impl<'a> From<&'a Db> for Place<'a> {
    fn from(db: &'a Db) -> Self {
        Self::Alone(db)
    }
}

/// The answer kept under the key. Uses `$1` (user), `$5` (key) and `$6` (request hash); by `idempotency_keys_pkey`.
macro_rules! replay {
    () => {
        "replay AS (
            SELECT idempotency_keys.request_hash = $6 AS is_same, idempotency_keys.answer,
                idempotency_keys.answered_at
            FROM idempotency_keys, credential
            WHERE idempotency_keys.user_id = $1 AND idempotency_keys.key = $5
        )"
    };
}

/// What a verdict looks at first.
macro_rules! replay_verdict {
    () => {
        "WHEN EXISTS (SELECT FROM replay WHERE is_same) THEN 'replayed'
                WHEN EXISTS (SELECT FROM replay) THEN 'key_reused'"
    };
}

pub(super) use {replay, replay_verdict};

/// Locks the user's row, as every change does.
pub(super) const LOCK_USER: Statement = Statement {
    name: "lock_user",
    sql: "SELECT FROM users WHERE user_id = $1 FOR NO KEY UPDATE",
    types: &[Type::UUID],
};

/// The constraints that refuse the later of two equal keys, or of two equal ids.
const RACES: [&str; 2] = ["idempotency_keys_pkey", "tasks_pkey"];

/// The outcome of a statement that was overtaken.
const OVERTAKEN: &str = "apply";

/// Runs a change whose first parameters are the caller's, the key and the request's hash, `$1` to `$6`; `values`
/// follow. No row at all when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub(super) async fn run(
    place: impl Into<Place<'_>>,
    caller: &Caller,
    key: Option<&Key>,
    statement: &Statement,
    values: &Values<'_>,
) -> Result<Vec<Row>, DbError> {
    let (name, request_hash) = parts(key);
    let all = all_values(caller, &name, &request_hash, values);
    match place.into() {
        Place::Among(transaction) => {
            let rows = transaction.query(statement, &all).await?;
            not_overtaken(rows, statement)
        }
        Place::Alone(db) => {
            match db.query(statement, &all).await {
                Ok(rows) if is_overtaken(&rows)? => {}
                Err(DbError::Constraint { name, .. }) if RACES.contains(&name.as_str()) => {}
                settled => return settled,
            }
            run_locked(db, caller, key, statement, values).await
        }
    }
}

/// As [`run`], behind the lock from the beginning.
///
/// # Errors
/// See [`DbError`].
pub(super) async fn run_locked(
    db: &Db,
    caller: &Caller,
    key: Option<&Key>,
    statement: &Statement,
    values: &Values<'_>,
) -> Result<Vec<Row>, DbError> {
    let (name, request_hash) = parts(key);
    let all = all_values(caller, &name, &request_hash, values);
    let lock: [&(dyn ToSql + Sync); 1] = [&caller.user.0];
    let rows = db.query_after((&LOCK_USER, &lock), statement, &all).await?;
    not_overtaken(rows, statement)
}

/// A change of several statements that has begun.
pub(super) enum Begun<'a> {
    /// Its user's row is locked: nothing that it looks at can change any more.
    Open(Box<Transaction<'a>>),
    /// It had been applied before, under this key: the body of its answer.
    Replayed(String),
    /// The key was used for another request.
    KeyReused,
}

/// Begins a change of several statements: locks the user's row, then looks whether the credential holds and whether
/// there is an answer under the key. With the user's version; `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub(super) async fn begin<'a>(
    db: &'a Db,
    caller: &Caller,
    key: Option<&Key>,
) -> Result<Option<(Begun<'a>, i64)>, DbError> {
    const FIND_ANSWER: Statement = Statement {
        name: "find_answer",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            ", ",
            replay!(),
            "
            SELECT
                CASE
                ",
            replay_verdict!(),
            "
                ELSE 'open'
                END AS outcome,
                credential.version,
                replay.answer #>> '{}' AS answer
            FROM credential
            LEFT JOIN replay ON true"
        ),
        types: &[
            Type::UUID,
            Type::UUID,
            Type::INT8,
            Type::TIMESTAMPTZ,
            Type::TEXT,
            Type::BYTEA,
        ],
    };
    let transaction = db.begin().await?;
    transaction.query(&LOCK_USER, &[&caller.user.0]).await?;
    let (name, request_hash) = parts(key);
    let all = all_values(caller, &name, &request_hash, &[]);
    let rows = transaction.query(&FIND_ANSWER, &all).await?;
    let Some(row) = rows.first() else {
        transaction.rollback().await?;
        return Ok(None);
    };
    let version = row.try_get(1)?;
    let begun = match row.try_get(0)? {
        "open" => return Ok(Some((Begun::Open(Box::new(transaction)), version))),
        "replayed" => Begun::Replayed(row.try_get(2)?),
        _ => Begun::KeyReused,
    };
    transaction.rollback().await?;
    Ok(Some((begun, version)))
}

/// Keeps the body of the answer to a change of several statements under its key, if it has one, and applies it.
///
/// # Errors
/// See [`DbError`].
pub(super) async fn keep_and_commit(
    transaction: Transaction<'_>,
    caller: &Caller,
    key: Option<&Key>,
    body: &str,
) -> Result<(), DbError> {
    const KEEP: Statement = Statement {
        name: "keep_answer",
        sql: "INSERT INTO idempotency_keys (user_id, key, request_hash, answer, answered_at)
            VALUES ($1, $2, $3, to_jsonb($4), $5)",
        types: &[
            Type::UUID,
            Type::TEXT,
            Type::BYTEA,
            Type::TEXT,
            Type::TIMESTAMPTZ,
        ],
    };
    if let Some(Key { key, request_hash }) = key {
        let hash = request_hash.as_slice();
        let values: [&(dyn ToSql + Sync); 5] = [&caller.user.0, key, &hash, &body, &caller.now];
        transaction.query(&KEEP, &values).await?;
    }
    transaction.commit().await
}

fn parts(key: Option<&Key>) -> (Option<&str>, Option<&[u8]>) {
    (
        key.map(|key| key.key.as_str()),
        key.map(|key| key.request_hash.as_slice()),
    )
}

#[expect(
    clippy::ref_option_ref,
    reason = "a parameter of a statement is a reference to its value"
)]
fn all_values<'a>(
    caller: &'a Caller,
    name: &'a Option<&'a str>,
    request_hash: &'a Option<&'a [u8]>,
    values: &Values<'a>,
) -> Vec<&'a (dyn ToSql + Sync)> {
    let mut all = caller.values().to_vec();
    all.extend([name as &(dyn ToSql + Sync), request_hash]);
    all.extend(values);
    all
}

fn not_overtaken(rows: Vec<Row>, statement: &Statement) -> Result<Vec<Row>, DbError> {
    if is_overtaken(&rows)? {
        let name = statement.name;
        return Err(DbError::unexpected(format!(
            "{name} was overtaken behind the lock"
        )));
    }
    Ok(rows)
}

fn is_overtaken(rows: &[Row]) -> Result<bool, DbError> {
    match rows.first() {
        Some(row) => Ok(row.try_get::<_, &str>(0)? == OVERTAKEN),
        None => Ok(false),
    }
}
