//! The token of a user's calendar feed: a row of `sessions` of the kind `calendar`, of which one holds at a time. Its
//! text is not stored.

use jiff::Timestamp;
use serde::Deserialize;
use shared_types::calendar::CalendarToken;
use shared_types::gate::GateEffects;
use tokio_postgres::types::{Json, ToSql, Type};

use super::change::{self, replay, replay_verdict};
use super::gate_effects::{self, Telling, revoked, told};
use super::revocation::Outcome;
use super::{Caller, Db, DbError, Key, Read, Statement};
use crate::domain::api_keys::Issued;

/// What came of a change, and the user's version after it.
#[derive(Debug)]
pub struct Written<T> {
    /// What came of it.
    pub outcome: T,
    /// `Mindflow-Version`.
    pub version: i64,
}

/// What came of making a token.
#[derive(Debug)]
pub enum Created {
    /// It is made, and the one before it, if there was one, is revoked.
    Done(Option<GateEffects>),
    /// It had been made before, under this idempotency key: as it was issued then.
    Replayed(Issued, Option<GateEffects>),
    /// The idempotency key was used for another request; nothing was changed.
    KeyReused,
}

/// The condition that a row of `sessions` is the caller's token that holds, by `sessions_pkey`.
macro_rules! holds {
    () => {
        "sessions.user_id = $1
            AND sessions.kind = 'calendar'
            AND sessions.revoked_at IS NULL
            AND sessions.expires_at > $4
            AND sessions.generation = $3"
    };
}

/// Revokes the token that holds, at the instant `$at`, where `applied` has a row; `gone` is what that tells the gate.
macro_rules! gone {
    ($at:literal) => {
        concat!(
            "ended AS (
                UPDATE sessions
                SET revoked_at = ", $at, "
                FROM applied
                WHERE ", holds!(), "
                RETURNING sessions.user_id, applied.version, ", revoked!("sessions", $at), " AS revoked
            ), gone AS (
                SELECT ended.user_id, ended.version, NULL::bigint AS generation, jsonb_agg(ended.revoked) AS revoke,
                    false AS purge
                FROM ended
                GROUP BY ended.user_id, ended.version
            )"
        )
    };
}

/// The caller's token, if one holds; `None` when the credential does not.
///
/// # Errors
/// See [`DbError`].
pub async fn find_calendar_token(
    db: &Db,
    caller: &Caller,
) -> Result<Option<Read<CalendarToken>>, DbError> {
    const SQL: Statement = Statement {
        name: "find_calendar_token",
        sql: concat!(
            "WITH ", crate::credential!(), "
            SELECT credential.version, sessions.created_at, sessions.expires_at, sessions.last_used_on
            FROM credential
            LEFT JOIN sessions ON ", holds!()
        ),
        types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ],
    };
    let Some(row) = db.query_opt(&SQL, &caller.values()).await? else {
        return Ok(None);
    };
    let created_at: Option<Timestamp> = row.try_get("created_at")?;
    Ok(Some(Read {
        found: CalendarToken {
            exists: created_at.is_some(),
            created_at,
            expires_at: row.try_get("expires_at")?,
            last_used_on: row.try_get("last_used_on")?,
            url: None,
        },
        version: row.try_get("version")?,
    }))
}

/// Stores the token `$7` in place of the one that holds. `$10` is what is kept to answer with once more; what the gate
/// must know is kept under the id `$11` as of `$12`.
const CREATE: Statement = Statement {
    name: "create_calendar_token",
    sql: concat!(
        "WITH ", crate::credential!(), ", ", replay!(), ", verdict AS (
            SELECT CASE
                ", replay_verdict!(), "
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
        ), ", gone!("$12"), ", ", told!("gone", "$11", "$12"), ", session AS (
            INSERT INTO sessions (user_id, id, kind, scopes, created_at, expires_at, generation)
            SELECT $1, $7, 'calendar', '', $8, $9, $3
            FROM applied
        ), kept AS (
            INSERT INTO idempotency_keys (user_id, key, request_hash, answer, answered_at)
            SELECT $1, $5, $6, jsonb_build_object('issued', $10, 'effects', (SELECT told.effects FROM told)), $4
            FROM applied
            WHERE $5 IS NOT NULL
        )
        SELECT
            CASE
                WHEN verdict.outcome = 'apply' AND applied.version IS NOT NULL THEN 'done'
                ELSE verdict.outcome
            END AS outcome,
            coalesce(applied.version, credential.version) AS version,
            told.effects,
            replay.answer
        FROM credential
        CROSS JOIN verdict
        LEFT JOIN applied ON true
        LEFT JOIN told ON true
        LEFT JOIN replay ON replay.is_same"
    ),
    types: &[
        Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::TEXT, Type::BYTEA, Type::UUID,
        Type::TIMESTAMPTZ, Type::TIMESTAMPTZ, Type::JSONB, Type::UUID, Type::TIMESTAMPTZ,
    ],
};

/// Stores the token that was issued to the caller; `None` when the caller's credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn create_calendar_token(
    db: &Db,
    caller: &Caller,
    key: Option<&Key>,
    issued: &Issued,
    telling: Telling,
) -> Result<Option<Written<Created>>, DbError> {
    #[derive(Deserialize)]
    struct Kept {
        issued: Issued,
        effects: Option<GateEffects>,
    }
    let values: [&(dyn ToSql + Sync); 6] = [
        &issued.id().0,
        &issued.created_at(),
        &issued.expires_at(),
        &Json(issued),
        &telling.id,
        &telling.at,
    ];
    let rows = change::run(db, caller, key, &CREATE, &values).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let outcome = match row.try_get("outcome")? {
        "done" => Created::Done(gate_effects::effects(row)?),
        "replayed" => {
            let Json(Kept { issued, effects }) = row.try_get("answer")?;
            Created::Replayed(issued, effects)
        }
        "key_reused" => Created::KeyReused,
        outcome => {
            return Err(DbError::unexpected(format!(
                "creating a calendar token gave {outcome}"
            )));
        }
    };
    Ok(Some(Written {
        outcome,
        version: row.try_get("version")?,
    }))
}

/// Revokes the token that holds, and keeps what the gate must know under the id `$7` as of `$8`.
const REVOKE: Statement = Statement {
    name: "revoke_calendar_token",
    sql: concat!(
        "WITH ",
        crate::credential!(),
        ", ",
        replay!(),
        ", verdict AS (
            SELECT CASE
                ",
        replay_verdict!(),
        "
                WHEN NOT EXISTS (SELECT FROM sessions WHERE ",
        holds!(),
        ") THEN 'not_found'
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
        ), ",
        gone!("$8"),
        ", ",
        told!("gone", "$7", "$8"),
        ", kept AS (
            INSERT INTO idempotency_keys (user_id, key, request_hash, answer, answered_at)
            SELECT $1, $5, $6, told.effects, $4
            FROM told
            WHERE $5 IS NOT NULL
        )
        SELECT
            CASE
                WHEN verdict.outcome = 'apply' AND told.effects IS NOT NULL THEN 'done'
                ELSE verdict.outcome
            END AS outcome,
            coalesce(applied.version, credential.version) AS version,
            coalesce(told.effects, replay.answer) AS effects
        FROM credential
        CROSS JOIN verdict
        LEFT JOIN applied ON true
        LEFT JOIN told ON true
        LEFT JOIN replay ON replay.is_same"
    ),
    types: &[
        Type::UUID,
        Type::UUID,
        Type::INT8,
        Type::TIMESTAMPTZ,
        Type::TEXT,
        Type::BYTEA,
        Type::UUID,
        Type::TIMESTAMPTZ,
    ],
};

/// Revokes the caller's token; `None` when the caller's credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn revoke_calendar_token(
    db: &Db,
    caller: &Caller,
    key: Option<&Key>,
    telling: Telling,
) -> Result<Option<Written<Outcome>>, DbError> {
    let values: [&(dyn ToSql + Sync); 2] = [&telling.id, &telling.at];
    let rows = change::run(db, caller, key, &REVOKE, &values).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let effects = || {
        let effects = gate_effects::effects(row)?;
        effects.ok_or_else(|| DbError::unexpected("a revocation tells the gate nothing"))
    };
    let outcome = match row.try_get("outcome")? {
        "done" => Outcome::Done(effects()?),
        "replayed" => Outcome::Replayed(effects()?),
        "key_reused" => Outcome::KeyReused,
        "not_found" => Outcome::NotFound,
        outcome => {
            return Err(DbError::unexpected(format!(
                "revoking a calendar token gave {outcome}"
            )));
        }
    };
    Ok(Some(Written {
        outcome,
        version: row.try_get("version")?,
    }))
}
