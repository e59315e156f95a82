//! What the user's gate at the edge must know (signing.md), kept in the statement that makes it true: whatever
//! becomes of the answer, it is told until the gate has said that it knows.

use jiff::Timestamp;
use shared_types::gate::{GateEffects, GateState, Revoked};
use tokio_postgres::Row;
use tokio_postgres::types::{Json, ToSql, Type};
use uuid::Uuid;

use super::{Caller, Db, DbError, Statement};

/// Under which id effects are kept, and since when they hold.
///
/// The instant is that of the origin's clock, also for a request that was accepted earlier: credentials may have been
/// issued since.
#[derive(Clone, Copy, Debug)]
pub struct Telling {
    /// A new id (UUIDv7).
    pub id: Uuid,
    /// The present instant.
    pub at: Timestamp,
}

/// The effects in the column `effects` of a row; `None` where it is null.
///
/// # Errors
/// See [`DbError`].
pub fn effects(row: &Row) -> Result<Option<GateEffects>, DbError> {
    let effects: Option<Json<GateEffects>> = row.try_get("effects")?;
    Ok(effects.map(|Json(effects)| effects))
}

/// The common table expression `told`: keeps what the row of `$changed`, if it has one, tells the user's gate, and
/// gives it as its column `effects`, which [`effects`] reads. `$changed` names an expression with the columns
/// `user_id`, `version` (after the change, bigint), `generation` (bigint, or null where it stays), `revoke` (jsonb,
/// an array of [`revoked!`], or null) and `purge` (boolean). `$id` and `$at` are the parameters of a [`Telling`].
///
/// The answer tells the gate at once; only when that is likely to have failed is it told once more.
macro_rules! told {
    ($changed:literal, $id:literal, $at:literal) => {
        concat!(
            "told AS (
                INSERT INTO gate_effects (user_id, id, version, effects, created_at, deliver_after)
                SELECT changed.user_id, ", $id, ", changed.version,
                    jsonb_strip_nulls(jsonb_build_object(
                        'user', changed.user_id, 'generation', changed.generation,
                        'revoke', coalesce(changed.revoke, '[]'), 'purge', changed.purge
                    )),
                    ", $at, ", ", $at, " + interval '2 seconds'
                FROM ", $changed, " AS changed
                RETURNING gate_effects.effects
            )"
        )
    };
}

/// An element of `revoke`, as JSON, for a row of `sessions` that is revoked at `$at`. It has to be remembered until
/// all of its tokens have ended by themselves: those of a login or an app within an hour, but by the clock of another
/// origin, perhaps; a cookie, a key and the token of a feed with the row.
macro_rules! revoked {
    ($session:literal, $at:literal) => {
        concat!(
            "jsonb_build_object(
                'id', ",
            $session,
            ".id,
                'until', ceil(extract(epoch FROM CASE
                    WHEN ",
            $session,
            ".kind IN ('cookie', 'key', 'calendar') THEN ",
            $session,
            ".expires_at
                    ELSE ",
            $at,
            " + interval '1 hour 2 minutes'
                END))::bigint
            )"
        )
    };
}

pub(super) use {revoked, told};

/// What a gate that knows nothing yet must know of the caller at the instant `at` of the origin's clock; `None` when
/// the caller's credential does not hold. By `users_pkey` and `sessions_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn find_gate_state(
    db: &Db,
    caller: &Caller,
    at: Timestamp,
) -> Result<Option<GateState>, DbError> {
    const SQL: Statement = Statement {
        name: "find_gate_state",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            ", revoked AS (
                SELECT jsonb_agg(state.revoked ORDER BY state.id) AS all
                FROM (
                    SELECT sessions.id, ",
            revoked!("sessions", "sessions.revoked_at"),
            " AS revoked
                    FROM sessions, credential
                    WHERE sessions.user_id = $1
                        AND sessions.revoked_at IS NOT NULL
                        AND sessions.generation = $3
                ) AS state
                WHERE (state.revoked ->> 'until')::bigint > extract(epoch FROM $5)
            )
            SELECT credential.version, coalesce(revoked.all, '[]') AS revoked
            FROM credential
            CROSS JOIN revoked"
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
    let values: [&(dyn ToSql + Sync); 5] = [user, credential, generation, now, &at];
    let Some(row) = db.query_opt(&SQL, &values).await? else {
        return Ok(None);
    };
    let Json(revoked): Json<Vec<Revoked>> = row.try_get("revoked")?;
    Ok(Some(GateState {
        // The credential holds, so it is of the user's generation.
        generation: caller.generation,
        revoked,
        version: row.try_get("version")?,
        epoch: db.epoch().map(|epoch| epoch.to_string()),
    }))
}
