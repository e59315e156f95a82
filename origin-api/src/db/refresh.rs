//! Carrying a session on: with its refresh token, or its cookie.
//!
//! A refresh token is used once. A second use is forgiven while it changes nothing: the token that followed from the
//! first use is given again, if neither it nor any access token since has been used; for then whoever asks again has
//! not had the answer, or asks at the same time. Otherwise two hold the token, one of whom is a thief: the session ends.

use jiff::Timestamp;
use shared_types::gate::GateEffects;
use shared_types::id::{CredentialId, UserId};
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::gate_effects::{Telling, effects, revoked, told};
use super::oauth::codes::rights;
use super::throttles::{retry_after, tried};
use super::{Caller, Db, DbError, Key, Statement};
use crate::db::login::Charge;
use crate::domain::tokens::{Grant, RefreshToken, Rights};

/// A refresh token as presented, and what would follow it.
pub struct Presented<'a> {
    /// SHA-256 of its text.
    pub hash: [u8; 32],
    /// The successor, and those that processes with other keys would have made.
    pub successors: &'a [RefreshToken],
    /// When the session ends unless it is refreshed again, should it not end for good before.
    pub idles_at: Timestamp,
    /// The caller's key.
    pub key: Option<Key>,
    /// The app that shows it, which has proven itself; a login's is nobody's.
    pub client_id: Option<&'a str>,
}

/// What came of a refresh.
#[derive(Debug)]
pub enum Refreshed {
    /// The session goes on.
    Renewed {
        /// The session.
        grant: Grant,
        /// What it may do.
        rights: Rights,
        /// Its refresh token from now on.
        refresh: RefreshToken,
        /// When the access token counts as issued; later than any that was issued before the refresh token was.
        issued_at: Timestamp,
        /// Whether the token was used before.
        is_repeat: bool,
    },
    /// The key was used for another request: nothing has changed.
    KeyReused,
    /// The token had been used: the session has ended.
    Reused(GateEffects),
    /// The token does not hold.
    Refused,
    /// There have been too many from there that did not hold; for so many seconds.
    Limited(u32),
}

/// Whatever happens to the session happens before or after the refresh.
const LOCK: Statement = Statement {
    name: "lock_refreshed",
    sql: "SELECT FROM users
        WHERE user_id = (SELECT user_id FROM refresh_tokens WHERE token_hash = $1)
        FOR NO KEY UPDATE",
    types: &[Type::BYTEA],
};

const REFRESH: Statement = Statement {
    name: "refresh",
    sql: concat!(
        "WITH presented AS (
            SELECT refresh_tokens.user_id, refresh_tokens.session_id, refresh_tokens.used_at,
                greatest(extract(epoch FROM refresh_tokens.created_at), sessions.used_iat) AS newest_iat,
                sessions.used_iat, users.generation, sessions.expires_at, sessions.scopes, sessions.audience,
                least($4, coalesce(sessions.ends_at, sessions.expires_at)) AS renewed_to
            FROM refresh_tokens
            JOIN users ON users.user_id = refresh_tokens.user_id
            JOIN sessions ON sessions.user_id = refresh_tokens.user_id AND sessions.id = refresh_tokens.session_id
            WHERE refresh_tokens.token_hash = $1
                AND refresh_tokens.expires_at > $3
                AND users.disabled_at IS NULL
                AND sessions.kind = CASE WHEN $9::text IS NULL THEN 'token' ELSE 'app' END
                AND sessions.client_id IS NOT DISTINCT FROM $9
                AND sessions.generation = users.generation
                AND sessions.revoked_at IS NULL
                AND sessions.expires_at > $3
        ), successor AS (
            SELECT refresh_tokens.token_hash, refresh_tokens.created_at, refresh_tokens.used_at
            FROM refresh_tokens, presented
            WHERE refresh_tokens.token_hash = ANY ($2)
                AND refresh_tokens.user_id = presented.user_id
                AND refresh_tokens.session_id = presented.session_id
        ), verdict AS (
            SELECT presented.user_id, presented.session_id, presented.generation, presented.scopes,
                presented.audience,
                CASE
                    WHEN presented.used_at IS NOT NULL AND NOT coalesce(
                        successor.used_at IS NULL
                        AND coalesce(presented.used_iat, 0) < floor(extract(epoch FROM successor.created_at)),
                        false
                    ) THEN 'reuse'
                    WHEN EXISTS (
                        SELECT FROM idempotency_keys
                        WHERE idempotency_keys.user_id = presented.user_id
                            AND idempotency_keys.key = $10
                            AND idempotency_keys.request_hash <> $11
                    ) THEN 'key_reused'
                    WHEN presented.used_at IS NULL THEN 'rotate'
                    ELSE 'again'
                END AS outcome,
                coalesce(successor.token_hash, ($2)[1]) AS token_hash,
                -- An access token says when it was issued in seconds, so that of this refresh gets one of its own;
                -- but not so far ahead that it would be refused.
                CASE
                    WHEN presented.used_at IS NULL
                        THEN greatest($3, least(to_timestamp(floor(presented.newest_iat) + 1), $3 + interval '30 seconds'))
                    ELSE greatest($3, successor.created_at)
                END AS issued_at,
                CASE WHEN presented.used_at IS NULL THEN presented.renewed_to ELSE presented.expires_at END AS expires_at
            FROM presented
            LEFT JOIN successor ON true
        ), used AS (
            UPDATE refresh_tokens
            SET used_at = $3
            FROM verdict
            WHERE refresh_tokens.token_hash = $1
                AND refresh_tokens.user_id = verdict.user_id
                AND verdict.outcome = 'rotate'
        ), made AS (
            INSERT INTO refresh_tokens (token_hash, user_id, session_id, created_at, expires_at)
            SELECT token_hash, user_id, session_id, issued_at, expires_at
            FROM verdict
            WHERE outcome = 'rotate'
        ), kept AS (
            INSERT INTO idempotency_keys (user_id, key, request_hash, answered_at)
            SELECT user_id, $10, $11, $3
            FROM verdict
            WHERE outcome = 'rotate' AND $10 IS NOT NULL
            ON CONFLICT (user_id, key) DO NOTHING
        ), renewed AS (
            UPDATE sessions
            SET expires_at = verdict.expires_at,
                last_used_on = greatest(sessions.last_used_on, ($3 AT TIME ZONE 'UTC')::date)
            FROM verdict
            WHERE sessions.user_id = verdict.user_id
                AND sessions.id = verdict.session_id
                AND verdict.outcome = 'rotate'
        ), bumped AS (
            UPDATE users
            SET version = users.version + 1
            FROM verdict
            WHERE users.user_id = verdict.user_id AND verdict.outcome = 'reuse'
            RETURNING users.user_id, users.version
        ), ended AS (
            UPDATE sessions
            SET revoked_at = $3
            FROM verdict, bumped
            WHERE sessions.user_id = bumped.user_id AND sessions.id = verdict.session_id
            RETURNING ", revoked!("sessions", "$3"), " AS revoked
        ), changed AS (
            SELECT bumped.user_id, bumped.version, NULL::bigint AS generation,
                jsonb_build_array(ended.revoked) AS revoke, false AS purge
            FROM bumped, ended
        ), ", told!("changed", "$5", "$3"), ", ",
        tried!("counted", "$6", "$3", "$7", "$8", "WHERE NOT EXISTS (SELECT FROM verdict)"), "
        SELECT
            CASE
                WHEN verdict.outcome IS NOT NULL THEN verdict.outcome
                WHEN EXISTS (SELECT FROM counted) THEN 'refused'
                ELSE 'limited'
            END AS outcome,
            verdict.user_id, verdict.session_id, verdict.generation, verdict.token_hash, verdict.issued_at,
            verdict.expires_at, verdict.scopes, verdict.audience, told.effects, ", retry_after!("$6", "$3", "$8"), " AS retry_after
        FROM (VALUES (1)) AS one
        LEFT JOIN verdict ON true
        LEFT JOIN told ON true"
    ),
    types: &[
        Type::BYTEA, Type::BYTEA_ARRAY, Type::TIMESTAMPTZ, Type::TIMESTAMPTZ, Type::UUID, Type::BYTEA, Type::INT8,
        Type::INT8, Type::TEXT, Type::TEXT, Type::BYTEA,
    ],
};

/// Refreshes a session; one that does not hold is charged to `failure`. By `refresh_tokens_pkey`, `users_pkey` and
/// `sessions_pkey`, in one transaction that waits for every other change of the session.
///
/// # Errors
/// See [`DbError`].
pub async fn refresh(
    db: &Db,
    presented: &Presented<'_>,
    telling: Telling,
    failure: &Charge,
) -> Result<Refreshed, DbError> {
    let hash = presented.hash.as_slice();
    let successors: Vec<_> = presented
        .successors
        .iter()
        .map(RefreshToken::hash)
        .collect();
    let hashes: Vec<&[u8]> = successors.iter().map(<[u8; 32]>::as_slice).collect();
    let key = presented.key.as_ref();
    let values: [&(dyn ToSql + Sync); 11] = [
        &hash,
        &hashes,
        &telling.at,
        &presented.idles_at,
        &telling.id,
        &failure.subject.as_slice(),
        &failure.rate.interval_us(),
        &failure.rate.slack_us(),
        &presented.client_id,
        &key.map(|key| key.key.as_str()),
        &key.map(|key| key.request_hash.as_slice()),
    ];
    let rows = db.query_after((&LOCK, &[&hash]), &REFRESH, &values).await?;
    let [row] = rows.as_slice() else {
        return Err(DbError::unexpected("a refresh gave no row, or several"));
    };
    match row.try_get("outcome")? {
        outcome @ ("rotate" | "again") => {
            let hash: &[u8] = row.try_get("token_hash")?;
            let place = successors.iter().position(|successor| successor == hash);
            let refresh = place.map(|place| presented.successors[place]);
            Ok(Refreshed::Renewed {
                grant: grant(row)?,
                rights: rights(row)?,
                refresh: refresh.ok_or_else(|| DbError::unexpected("another's refresh token"))?,
                issued_at: row.try_get("issued_at")?,
                is_repeat: outcome == "again",
            })
        }
        "key_reused" => Ok(Refreshed::KeyReused),
        "reuse" => {
            let effects = effects(row)?;
            let effects = effects.ok_or_else(|| DbError::unexpected("an end without effects"));
            Ok(Refreshed::Reused(effects?))
        }
        "refused" => Ok(Refreshed::Refused),
        "limited" => {
            let seconds: i64 = row.try_get("retry_after")?;
            Ok(Refreshed::Limited(
                u32::try_from(seconds).map_err(DbError::unexpected)?,
            ))
        }
        outcome => Err(DbError::unexpected(format!("a refresh gave {outcome}"))),
    }
}

fn grant(row: &Row) -> Result<Grant, DbError> {
    Ok(Grant {
        user: UserId(row.try_get("user_id")?),
        session: CredentialId(row.try_get("session_id")?),
        generation: row.try_get("generation")?,
        expires_at: row.try_get("expires_at")?,
    })
}

/// A cookie that was to be renewed.
#[derive(Debug)]
pub struct Renewed {
    /// Until when it holds now; `None` for a credential that is no cookie.
    pub expires_at: Option<Timestamp>,
    /// `Mindflow-Version`.
    pub version: i64,
}

/// Carries the caller's cookie session on until `idles_at`, but not beyond its end for good; `None` when the
/// credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn renew_cookie(
    db: &Db,
    caller: &Caller,
    idles_at: Timestamp,
) -> Result<Option<Renewed>, DbError> {
    // A session that is revoked meanwhile is not carried on, and gives no row.
    const SQL: Statement = Statement {
        name: "renew_cookie",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            ", renewed AS (
                UPDATE sessions
                SET expires_at = least($5, coalesce(sessions.ends_at, sessions.expires_at))
                FROM credential
                WHERE sessions.user_id = $1
                    AND sessions.id = $2
                    AND sessions.kind = 'cookie'
                    AND sessions.revoked_at IS NULL
                RETURNING sessions.expires_at
            )
            SELECT credential.version, renewed.expires_at
            FROM credential
            LEFT JOIN renewed ON true
            WHERE renewed.expires_at IS NOT NULL OR credential.kind <> 'cookie'"
        ),
        types: &[
            Type::UUID,
            Type::UUID,
            Type::INT8,
            Type::TIMESTAMPTZ,
            Type::TIMESTAMPTZ,
        ],
    };
    let [user, credential, generation, now] = caller.values();
    let values = [user, credential, generation, now, &idles_at];
    let Some(row) = db.query_opt(&SQL, &values).await? else {
        return Ok(None);
    };
    Ok(Some(Renewed {
        expires_at: row.try_get("expires_at")?,
        version: row.try_get("version")?,
    }))
}
