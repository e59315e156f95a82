//! Ending credentials: a login, a key, an app, or everything that the user has.

use shared_types::gate::GateEffects;
use shared_types::id::CredentialId;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::change::{self, replay, replay_verdict};
use super::gate_effects::{Telling, effects, revoked, told};
use super::{Caller, Db, DbError, Key, Statement};

/// What came of ending something, and the user's version after it.
#[derive(Debug)]
pub struct Ended {
    /// What came of it.
    pub outcome: Outcome,
    /// `Mindflow-Version`.
    pub version: i64,
    /// Whether the caller has shown a cookie.
    pub by_cookie: bool,
}

/// What came of ending something.
#[derive(Debug)]
pub enum Outcome {
    /// It has ended.
    Done(GateEffects),
    /// It had been ended before, under this key.
    Replayed(GateEffects),
    /// The key was used for another request.
    KeyReused,
    /// There is none of this id, or it has ended.
    NotFound,
}

/// Ends the row `$7` of `sessions`, if it is of one of the `kinds` and holds. `$8` and `$9` are the telling.
macro_rules! end {
    ($name:literal, $kinds:literal) => {
        Statement {
            name: $name,
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
                        WHEN EXISTS (
                            SELECT FROM sessions
                            WHERE sessions.user_id = $1
                                AND sessions.id = $7
                                AND sessions.kind IN (",
                $kinds,
                ")
                                AND sessions.generation = $3
                                AND sessions.revoked_at IS NULL
                                AND sessions.expires_at > $4
                        ) THEN 'apply'
                        ELSE 'not_found'
                    END AS outcome
                ), bumped AS (
                    UPDATE users
                    SET version = users.version + 1
                    FROM credential, verdict
                    WHERE users.user_id = $1
                        AND users.generation = $3
                        AND users.version = credential.version
                        AND verdict.outcome = 'apply'
                    RETURNING users.user_id, users.version
                ), ended AS (
                    UPDATE sessions
                    SET revoked_at = $9
                    FROM bumped
                    WHERE sessions.user_id = $1 AND sessions.id = $7
                    RETURNING ",
                revoked!("sessions", "$9"),
                " AS revoked
                ), changed AS (
                    SELECT bumped.user_id, bumped.version, NULL::bigint AS generation,
                        jsonb_build_array(ended.revoked) AS revoke, false AS purge
                    FROM bumped, ended
                ), ",
                told!("changed", "$8", "$9"),
                ", kept AS (
                    INSERT INTO idempotency_keys (user_id, key, request_hash, answer, answered_at)
                    SELECT $1, $5, $6, told.effects, $4
                    FROM told
                    WHERE $5 IS NOT NULL
                )
                SELECT
                    CASE WHEN bumped.version IS NOT NULL THEN 'done' ELSE verdict.outcome END AS outcome,
                    coalesce(bumped.version, credential.version) AS version,
                    credential.kind = 'cookie' AS by_cookie,
                    coalesce(told.effects, replay.answer) AS effects
                FROM credential
                CROSS JOIN verdict
                LEFT JOIN bumped ON true
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
                Type::UUID,
                Type::TIMESTAMPTZ,
            ],
        }
    };
}

/// Ends a login of the caller's, which may be the present one; under a key, once. `None` when the credential does not
/// hold.
///
/// # Errors
/// See [`DbError`].
pub async fn end_session(
    db: &Db,
    caller: &Caller,
    key: Option<&Key>,
    session: CredentialId,
    telling: Telling,
) -> Result<Option<Ended>, DbError> {
    const SQL: Statement = end!("end_session", "'token', 'cookie'");
    let values: [&(dyn ToSql + Sync); 3] = [&session.0, &telling.id, &telling.at];
    let rows = change::run(db, caller, key, &SQL, &values).await?;
    rows.first().map(ended).transpose()
}

/// As [`end_session`], for an API key.
///
/// # Errors
/// See [`DbError`].
pub async fn revoke_api_key(
    db: &Db,
    caller: &Caller,
    key: Option<&Key>,
    id: CredentialId,
    telling: Telling,
) -> Result<Option<Ended>, DbError> {
    const SQL: Statement = end!("revoke_api_key", "'key'");
    let values: [&(dyn ToSql + Sync); 3] = [&id.0, &telling.id, &telling.at];
    let rows = change::run(db, caller, key, &SQL, &values).await?;
    rows.first().map(ended).transpose()
}

/// Ends an app of the caller's; under a key, once. `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn end_app(
    db: &Db,
    caller: &Caller,
    key: Option<&Key>,
    app: CredentialId,
    telling: Telling,
) -> Result<Option<Ended>, DbError> {
    const SQL: Statement = end!("end_app", "'app'");
    let values: [&(dyn ToSql + Sync); 3] = [&app.0, &telling.id, &telling.at];
    let rows = change::run(db, caller, key, &SQL, &values).await?;
    rows.first().map(ended).transpose()
}

/// Raises the user's generation. No answer is kept: whoever asks again is refused. `$7` and `$8` are the telling.
const REVOKE_ALL: Statement = Statement {
    name: "revoke_all",
    sql: concat!(
        "WITH ",
        crate::credential!(),
        ", ",
        replay!(),
        ", verdict AS (
            SELECT CASE ",
        replay_verdict!(),
        " ELSE 'apply' END AS outcome
        ), bumped AS (
            UPDATE users
            SET generation = users.generation + 1, version = users.version + 1
            FROM credential, verdict
            WHERE users.user_id = $1
                AND users.generation = $3
                AND users.version = credential.version
                AND verdict.outcome = 'apply'
            RETURNING users.user_id, users.version, users.generation
        ), changed AS (
            SELECT user_id, version, generation, NULL::jsonb AS revoke, false AS purge
            FROM bumped
        ), ",
        told!("changed", "$7", "$8"),
        "
        SELECT
            CASE WHEN bumped.version IS NOT NULL THEN 'done' ELSE verdict.outcome END AS outcome,
            coalesce(bumped.version, credential.version) AS version,
            credential.kind = 'cookie' AS by_cookie,
            told.effects
        FROM credential
        CROSS JOIN verdict
        LEFT JOIN bumped ON true
        LEFT JOIN told ON true"
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

/// Ends every session, key and app of the caller's. `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn revoke_all(
    db: &Db,
    caller: &Caller,
    key: Option<&Key>,
    telling: Telling,
) -> Result<Option<Ended>, DbError> {
    let values: [&(dyn ToSql + Sync); 2] = [&telling.id, &telling.at];
    let rows = change::run(db, caller, key, &REVOKE_ALL, &values).await?;
    rows.first().map(ended).transpose()
}

fn ended(row: &Row) -> Result<Ended, DbError> {
    let told = || effects(row)?.ok_or_else(|| DbError::unexpected("an end without effects"));
    let outcome = match row.try_get("outcome")? {
        "done" => Outcome::Done(told()?),
        "replayed" => Outcome::Replayed(told()?),
        "key_reused" => Outcome::KeyReused,
        "not_found" => Outcome::NotFound,
        outcome => return Err(DbError::unexpected(format!("an end gave {outcome}"))),
    };
    Ok(Ended {
        outcome,
        version: row.try_get("version")?,
        by_cookie: row.try_get("by_cookie")?,
    })
}
