//! What the user's gate at the edge must know (signing.md), kept in the statement that makes it true: whatever
//! becomes of the answer, it is told until the gate has said that it knows.

use jiff::Timestamp;
use shared_types::gate::GateEffects;
use tokio_postgres::Row;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::DbError;

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
#[allow(unused_macros, reason = "its first statements come next")]
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
/// origin, perhaps; a cookie and a key with the row.
#[allow(unused_macros, reason = "its first statements come next")]
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
            ".kind IN ('cookie', 'key') THEN ",
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

#[allow(
    unused_imports,
    unused_macros,
    reason = "its first statements come next"
)]
pub(super) use {revoked, told};
