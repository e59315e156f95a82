//! The end of a grant by the app itself (RFC 7009).

use shared_types::gate::GateEffects;
use shared_types::id::{CredentialId, UserId};
use tokio_postgres::types::{ToSql, Type};

use crate::db::change::LOCK_USER;
use crate::db::gate_effects::{Telling, effects, revoked, told};
use crate::db::{Db, DbError, Statement};

/// Whose grant, and which, a refresh token of the hash `hash` carries on, used or not; by `refresh_tokens_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn find_grant(
    db: &Db,
    hash: &[u8; 32],
) -> Result<Option<(UserId, CredentialId)>, DbError> {
    const SQL: Statement = Statement {
        name: "find_grant",
        sql: "SELECT user_id, session_id FROM refresh_tokens WHERE token_hash = $1",
        types: &[Type::BYTEA],
    };
    let row = db.query_opt(&SQL, &[&hash.as_slice()]).await?;
    row.map(|row| {
        Ok((
            UserId(row.try_get("user_id")?),
            CredentialId(row.try_get("session_id")?),
        ))
    })
    .transpose()
}

/// Ends a grant of the client's; `None` when it is none of its, or has ended.
///
/// # Errors
/// See [`DbError`].
pub async fn end_grant(
    db: &Db,
    (user, grant): (UserId, CredentialId),
    client_id: &str,
    telling: Telling,
) -> Result<Option<GateEffects>, DbError> {
    const SQL: Statement = Statement {
        name: "end_grant",
        sql: concat!(
            "WITH ended AS (
                UPDATE sessions
                SET revoked_at = $5
                WHERE sessions.user_id = $1
                    AND sessions.id = $2
                    AND sessions.kind = 'app'
                    AND sessions.client_id = $3
                    AND sessions.revoked_at IS NULL
                RETURNING ",
            revoked!("sessions", "$5"),
            " AS revoked
            ), bumped AS (
                UPDATE users
                SET version = users.version + 1
                FROM ended
                WHERE users.user_id = $1
                RETURNING users.user_id, users.version
            ), changed AS (
                SELECT bumped.user_id, bumped.version, NULL::bigint AS generation,
                    jsonb_build_array(ended.revoked) AS revoke, false AS purge
                FROM bumped, ended
            ), ",
            told!("changed", "$4", "$5"),
            "
            SELECT effects FROM told"
        ),
        types: &[
            Type::UUID,
            Type::UUID,
            Type::TEXT,
            Type::UUID,
            Type::TIMESTAMPTZ,
        ],
    };
    let values: [&(dyn ToSql + Sync); 5] =
        [&user.0, &grant.0, &client_id, &telling.id, &telling.at];
    let rows = db
        .query_after((&LOCK_USER, &[&user.0]), &SQL, &values)
        .await?;
    match rows.first() {
        Some(row) => effects(row),
        None => Ok(None),
    }
}
