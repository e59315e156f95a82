//! API keys: rows of `sessions` of the kind `key`. Their text is not stored.

use jiff::civil::Date;
use shared_types::api_key::ApiKey;
use shared_types::id::{CredentialId, UserId};
use shared_types::scope::Scopes;
use tokio_postgres::Row;
use tokio_postgres::types::{Json, ToSql, Type};

use super::change::{self, replay, replay_verdict};
use super::login::Charge;
use super::throttles::{retry_after, subject, tried};
use super::{Caller, Db, DbError, Key, Read, Statement};
use crate::domain::api_keys::{Issued, MOST};
use crate::domain::rate::Rate;

/// What the keys that a user makes are charged to. That 50 hold at one time bounds nothing: a deleted key is remembered
/// until it would have ended, here and by the user's gate.
pub fn keys_made(user: UserId, rate: Rate) -> Charge {
    Charge {
        subject: subject("API keys", &[&user.to_string()]),
        rate,
    }
}

/// What came of a change, and the user's version after it.
#[derive(Debug)]
pub struct Written {
    /// What came of it.
    pub outcome: Created,
    /// `Mindflow-Version`.
    pub version: i64,
}

/// What came of making a key.
#[derive(Debug)]
pub enum Created {
    /// It is made.
    Done,
    /// It had been made before, under this idempotency key: as it was issued then.
    Replayed(Issued),
    /// The idempotency key was used for another request; nothing was changed.
    KeyReused,
    /// The user has as many keys as one can have.
    TooMany,
    /// The user has made too many lately; another may be made after so many seconds.
    Limited(u32),
}

/// The condition that a row of `sessions` is a key of the caller's that holds, by `sessions_pkey`.
macro_rules! holds {
    () => {
        "sessions.user_id = $1
            AND sessions.kind = 'key'
            AND sessions.revoked_at IS NULL
            AND sessions.expires_at > $4
            AND sessions.generation = $3"
    };
}

/// The caller's keys that hold, newest first; `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn list_api_keys(db: &Db, caller: &Caller) -> Result<Option<Read<Vec<ApiKey>>>, DbError> {
    const SQL: Statement = Statement {
        name: "list_api_keys",
        sql: concat!(
            "WITH ", crate::credential!(), "
            SELECT credential.version, sessions.id, sessions.name, sessions.scopes, sessions.created_at,
                sessions.expires_at, sessions.last_used_on
            FROM credential
            LEFT JOIN sessions ON ", holds!(), "
            ORDER BY sessions.created_at DESC, sessions.id DESC"
        ),
        types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ],
    };
    let rows = db.query(&SQL, &caller.values()).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let version = first.try_get("version")?;
    let found: Result<Vec<ApiKey>, DbError> = rows
        .iter()
        .filter_map(|row| api_key(row).transpose())
        .collect();
    Ok(Some(Read {
        found: found?,
        version,
    }))
}

/// The key of a row; none in the one row of a user without keys.
fn api_key(row: &Row) -> Result<Option<ApiKey>, DbError> {
    let Some(id) = row.try_get("id")? else {
        return Ok(None);
    };
    let scopes: &str = row.try_get("scopes")?;
    let last_used_on: Option<Date> = row.try_get("last_used_on")?;
    Ok(Some(ApiKey {
        id: CredentialId(id),
        name: row.try_get("name")?,
        scopes: Scopes::parse(scopes).ok_or_else(|| {
            DbError::unexpected("sessions.scopes holds what no release has written")
        })?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
        last_used_on,
        secret: None,
    }))
}

/// Stores a key, unless the user has as many as one can have, or has made too many. `$12` is what is kept to answer with
/// once more. The limit is read in the verdict and charged where the key is made: no other key of the user's can come
/// between, for it would have moved the version on.
const CREATE: Statement = Statement {
    name: "create_api_key",
    sql: concat!(
        "WITH ", crate::credential!(), ", ", replay!(), ", verdict AS (
            SELECT CASE
                ", replay_verdict!(), "
                WHEN EXISTS (
                    SELECT FROM throttles
                    WHERE subject = $14 AND arrival > $4 + $16 * interval '1 microsecond'
                ) THEN 'limited'
                WHEN (SELECT count(*) FROM sessions WHERE ", holds!(), ") >= $13 THEN 'too_many'
                ELSE 'apply'
            END AS outcome
            FROM credential
        ), applied AS (
            UPDATE users
            SET version = credential.version + 1
            FROM credential, verdict
            WHERE users.user_id = $1
                AND users.generation = $3
                AND users.version = credential.version
                AND verdict.outcome = 'apply'
            RETURNING users.version
        ), session AS (
            INSERT INTO sessions (user_id, id, kind, name, scopes, created_at, expires_at, generation)
            SELECT $1, $7, 'key', $8, $9, $10, $11, $3
            FROM applied
        ), kept AS (
            INSERT INTO idempotency_keys (user_id, key, request_hash, answer, answered_at)
            SELECT $1, $5, $6, $12, $4
            FROM applied
            WHERE $5 IS NOT NULL
        ), ", tried!("charged", "$14", "$4", "$15", "$16", "FROM applied"), "
        SELECT
            CASE
                WHEN verdict.outcome = 'apply' AND applied.version IS NOT NULL THEN 'done'
                ELSE verdict.outcome
            END AS outcome,
            coalesce(applied.version, credential.version) AS version,
            replay.answer,
            ", retry_after!("$14", "$4", "$16"), " AS retry_after
        FROM credential
        CROSS JOIN verdict
        LEFT JOIN applied ON true
        LEFT JOIN replay ON replay.is_same"
    ),
    types: &[
        Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::TEXT, Type::BYTEA, Type::UUID, Type::TEXT,
        Type::TEXT, Type::TIMESTAMPTZ, Type::TIMESTAMPTZ, Type::JSONB, Type::INT8, Type::BYTEA, Type::INT8, Type::INT8,
    ],
};

/// Stores the key that was issued to the caller; `None` when the caller's credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn create_api_key(
    db: &Db,
    caller: &Caller,
    key: Option<&Key>,
    issued: &Issued,
    charge: &Charge,
) -> Result<Option<Written>, DbError> {
    let values: [&(dyn ToSql + Sync); 10] = [
        &issued.id().0,
        &issued.name,
        &issued.scope(),
        &issued.created_at(),
        &issued.expires_at(),
        &Json(issued),
        &MOST,
        &charge.subject.as_slice(),
        &charge.rate.interval_us(),
        &charge.rate.slack_us(),
    ];
    let rows = change::run(db, caller, key, &CREATE, &values).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let outcome = match row.try_get("outcome")? {
        "done" => Created::Done,
        "replayed" => {
            let Json(issued) = row.try_get("answer")?;
            Created::Replayed(issued)
        }
        "key_reused" => Created::KeyReused,
        "too_many" => Created::TooMany,
        "limited" => {
            let seconds = u32::try_from(row.try_get::<_, i64>("retry_after")?);
            Created::Limited(seconds.map_err(DbError::unexpected)?)
        }
        outcome => {
            return Err(DbError::unexpected(format!(
                "creating a key gave {outcome}"
            )));
        }
    };
    Ok(Some(Written {
        outcome,
        version: row.try_get("version")?,
    }))
}
