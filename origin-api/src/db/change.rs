//! How a change is run: in one statement, and once more behind the user's lock when another change of the same
//! user overtook it, where nothing can overtake it again. What such statements have in common is here too.
//!
//! A statement gives its outcome as the first column of its first row; `apply` says that it was overtaken: its verdict was to apply
//! the change, and what it was given over had moved on.

use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::{Caller, Db, DbError, Key, Statement, Values};

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
    db: &Db,
    caller: &Caller,
    key: Option<&Key>,
    statement: &Statement,
    values: &Values<'_>,
) -> Result<Vec<Row>, DbError> {
    let name = key.map(|key| key.key.as_str());
    let request_hash = key.map(|key| key.request_hash.as_slice());
    let mut all = caller.values().to_vec();
    all.extend([&name as &(dyn ToSql + Sync), &request_hash]);
    all.extend(values);

    match db.query(statement, &all).await {
        Ok(rows) if is_overtaken(&rows)? => {}
        Err(DbError::Constraint { name, .. }) if RACES.contains(&name.as_str()) => {}
        settled => return settled,
    }
    run_locked(db, caller, key, statement, values).await
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
    let name = key.map(|key| key.key.as_str());
    let request_hash = key.map(|key| key.request_hash.as_slice());
    let mut all = caller.values().to_vec();
    all.extend([&name as &(dyn ToSql + Sync), &request_hash]);
    all.extend(values);

    let lock: [&(dyn ToSql + Sync); 1] = [&caller.user.0];
    let rows = db.query_after((&LOCK_USER, &lock), statement, &all).await?;
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
