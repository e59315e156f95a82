//! Sessions: what a login makes, and its refresh token.

use jiff::Timestamp;
use shared_types::id::{CredentialId, UserId};
use tokio_postgres::types::{ToSql, Type};

use super::{Db, DbError, Statement};

/// A session about to be stored.
pub struct NewSession {
    /// Whose it is.
    pub user: UserId,
    /// Its own id, `sid` of its tokens.
    pub id: CredentialId,
    /// What the caller said it is.
    pub user_agent: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends unless it is refreshed.
    pub expires_at: Timestamp,
    /// SHA-256 of the refresh token, the only thing of it that is stored.
    pub refresh_hash: [u8; 32],
}

/// Stores a session and its refresh token, and gives the user's generation; `None` when the password
/// has changed since `password_hash` was read, so that a login cannot slip past a reset.
///
/// # Errors
/// See [`DbError`].
pub async fn create_session(
    db: &Db,
    session: &NewSession,
    password_hash: &str,
) -> Result<Option<i64>, DbError> {
    const SQL: Statement = Statement {
        name: "create_session",
        sql: "WITH owner AS (
                SELECT user_id, generation
                FROM users
                WHERE user_id = $1 AND password_hash = $7 AND disabled_at IS NULL
            ), session AS (
                INSERT INTO sessions (user_id, id, kind, user_agent, created_at, last_used_on, expires_at)
                SELECT user_id, $2, 'token', $3, $4, ($4 AT TIME ZONE 'UTC')::date, $5
                FROM owner
            ), refresh AS (
                INSERT INTO refresh_tokens (token_hash, user_id, session_id, created_at, expires_at)
                SELECT $6, user_id, $2, $4, $5
                FROM owner
            )
            SELECT generation FROM owner",
        types: &[Type::UUID, Type::UUID, Type::TEXT, Type::TIMESTAMPTZ, Type::TIMESTAMPTZ, Type::BYTEA, Type::TEXT],
    };
    let refresh_hash = session.refresh_hash.as_slice();
    let values: [&(dyn ToSql + Sync); 7] = [
        &session.user.0,
        &session.id.0,
        &session.user_agent,
        &session.created_at,
        &session.expires_at,
        &refresh_hash,
        &password_hash,
    ];
    let Some(row) = db.query_opt(&SQL, &values).await? else {
        return Ok(None);
    };
    Ok(Some(row.try_get("generation")?))
}
