//! Accounts: `users` by user, and `user_emails`, the one global look-up from an address to its user.

use jiff::Timestamp;
use shared_types::account::User;
use shared_types::id::UserId;
use tokio_postgres::types::{ToSql, Type};

use super::{Caller, Db, DbError, Statement};

/// What a login is checked against.
pub struct LoginRow {
    /// Whose account it is.
    pub user: UserId,
    /// A PHC string.
    pub password_hash: String,
}

/// Makes an account at version 1. An address that has one already violates `user_emails_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn create_user(
    db: &Db,
    user: &User,
    time_zone: &str,
    password_hash: &str,
) -> Result<(), DbError> {
    const SQL: Statement = Statement {
        name: "create_user",
        sql: "WITH address AS (
                INSERT INTO user_emails (email, user_id)
                VALUES ($2, $1)
            )
            INSERT INTO users (user_id, email, full_name, time_zone, password_hash, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)",
        types: &[
            Type::UUID,
            Type::TEXT,
            Type::TEXT,
            Type::TEXT,
            Type::TEXT,
            Type::TIMESTAMPTZ,
        ],
    };
    let values: [&(dyn ToSql + Sync); 6] = [
        &user.id.0,
        &user.email,
        &user.full_name,
        &time_zone,
        &password_hash,
        &user.created_at,
    ];
    db.query(&SQL, &values).await.map(|_| ())
}

/// The account of an address, by `user_emails_pkey` and `users_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn find_login(db: &Db, email: &str) -> Result<Option<LoginRow>, DbError> {
    const SQL: Statement = Statement {
        name: "find_login",
        sql: "SELECT users.user_id, users.password_hash
            FROM user_emails
            JOIN users ON users.user_id = user_emails.user_id
            WHERE user_emails.email = $1",
        types: &[Type::TEXT],
    };
    let Some(row) = db.query_opt(&SQL, &[&email]).await? else {
        return Ok(None);
    };
    Ok(Some(LoginRow {
        user: UserId(row.try_get("user_id")?),
        password_hash: row.try_get("password_hash")?,
    }))
}

/// The caller's own account and version; `None` when the credential does not hold any more.
///
/// # Errors
/// See [`DbError`].
pub async fn find_me(db: &Db, caller: &Caller) -> Result<Option<(User, i64)>, DbError> {
    const SQL: Statement = Statement {
        name: "find_me",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            "
            SELECT users.email, users.email_confirmed, users.full_name, users.created_at,
                credential.version
            FROM credential
            JOIN users ON users.user_id = credential.user_id
            WHERE users.user_id = $1"
        ),
        types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ],
    };
    let Some(row) = db.query_opt(&SQL, &caller.values()).await? else {
        return Ok(None);
    };
    let created_at: Timestamp = row.try_get("created_at")?;
    let user = User {
        id: caller.user,
        email: row.try_get("email")?,
        email_confirmed: row.try_get("email_confirmed")?,
        full_name: row.try_get("full_name")?,
        created_at,
    };
    Ok(Some((user, row.try_get("version")?)))
}

/// The caller's version; `None` when the credential does not hold any more.
///
/// # Errors
/// See [`DbError`].
pub async fn find_version(db: &Db, caller: &Caller) -> Result<Option<i64>, DbError> {
    const SQL: Statement = Statement {
        name: "find_version",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            " SELECT version FROM credential"
        ),
        types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ],
    };
    let row = db.query_opt(&SQL, &caller.values()).await?;
    row.map(|row| Ok(row.try_get("version")?)).transpose()
}
