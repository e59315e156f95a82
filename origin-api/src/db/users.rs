//! Accounts: `users` by user, and `user_emails`, the one global look-up from an address to its user.

use shared_types::account::User;
use shared_types::id::UserId;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::account::user;
use super::login::Charge;
use super::throttles::tried;
use super::{Caller, Db, DbError, Key, Statement};

/// An account about to be made.
pub struct NewAccount<'a> {
    /// As it is answered.
    pub user: &'a User,
    /// An IANA name.
    pub time_zone: &'a str,
    /// A PHC string.
    pub password_hash: &'a str,
    /// The id of the mail with which the address is confirmed, where mail is sent.
    pub mail: Option<Uuid>,
    /// What that mail is charged to; over the limit it is not sent.
    pub mail_charge: &'a Charge,
    /// Under what the answer is kept.
    pub key: Option<&'a Key>,
}

/// Makes an account at version 1. An address that has one already violates `user_emails_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn create_user(db: &Db, new: &NewAccount<'_>) -> Result<(), DbError> {
    const SQL: Statement = Statement {
        name: "create_user",
        // Whoever deletes and registers in turn sends its address no more mail than by asking for it.
        sql: concat!(
            "WITH address AS (
                INSERT INTO user_emails (email, user_id)
                VALUES ($2, $1)
            ), account AS (
                INSERT INTO users (user_id, email, full_name, time_zone, password_hash, created_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                RETURNING user_id, email, email_confirmed, full_name, created_at
            ), kept AS (
                INSERT INTO idempotency_keys (user_id, key, request_hash, answer, answered_at)
                SELECT $1, $8, $9, to_jsonb(account), $6
                FROM account
                WHERE $8 IS NOT NULL
            ), ",
            tried!(
                "allowed",
                "$10",
                "$6",
                "$11",
                "$12",
                "FROM account WHERE $7 IS NOT NULL"
            ),
            "
            INSERT INTO mails (id, kind, email, user_id, created_at, send_after)
            SELECT $7, 'confirm', email, user_id, $6, $6
            FROM account, allowed"
        ),
        types: &[
            Type::UUID,
            Type::TEXT,
            Type::TEXT,
            Type::TEXT,
            Type::TEXT,
            Type::TIMESTAMPTZ,
            Type::UUID,
            Type::TEXT,
            Type::BYTEA,
            Type::BYTEA,
            Type::INT8,
            Type::INT8,
        ],
    };
    let user = new.user;
    let key = new.key.map(|key| key.key.as_str());
    let request_hash = new.key.map(|key| key.request_hash.as_slice());
    let values: [&(dyn ToSql + Sync); 12] = [
        &user.id.0,
        &user.email,
        &user.full_name,
        &new.time_zone,
        &new.password_hash,
        &user.created_at,
        &new.mail,
        &key,
        &request_hash,
        &new.mail_charge.subject.as_slice(),
        &new.mail_charge.rate.interval_us(),
        &new.mail_charge.rate.slack_us(),
    ];
    db.query(&SQL, &values).await.map(|_| ())
}

/// What an earlier registration of an address means for one with the same key.
pub enum Earlier {
    /// It was this very request: the account as it was answered.
    Same(User),
    /// It was another request.
    Other,
}

/// The registration of `email` under `key`; `None` when there was none, or it was too long ago. By
/// `user_emails_pkey` and `idempotency_keys_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn find_registration(
    db: &Db,
    email: &str,
    key: &Key,
) -> Result<Option<Earlier>, DbError> {
    const SQL: Statement = Statement {
        name: "find_registration",
        sql: "SELECT kept.request_hash = $3 AS is_same, kept.user_id,
                answer.email, answer.email_confirmed, answer.full_name, answer.created_at
            FROM user_emails
            JOIN idempotency_keys AS kept ON kept.user_id = user_emails.user_id
            CROSS JOIN jsonb_populate_record(NULL::users, kept.answer) AS answer
            WHERE user_emails.email = $1 AND kept.key = $2",
        types: &[Type::TEXT, Type::TEXT, Type::BYTEA],
    };
    let request_hash = key.request_hash.as_slice();
    let values: [&(dyn ToSql + Sync); 3] = [&email, &key.key, &request_hash];
    let Some(row) = db.query_opt(&SQL, &values).await? else {
        return Ok(None);
    };
    if !row.try_get("is_same")? {
        return Ok(Some(Earlier::Other));
    }
    let id = UserId(row.try_get("user_id")?);
    user(&row, id).map(Earlier::Same).map(Some)
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
    let user = user(&row, caller.user)?;
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
