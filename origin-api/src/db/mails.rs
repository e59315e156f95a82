//! Mail that is still to be sent. A row says what is wished; the letter, with its link, is made when it is sent, so
//! that no secret waits here.
//!
//! These statements know a row by its id and find its user by it: they are the mailer's, not a caller's. Any number of
//! origins run it side by side.

use jiff::Timestamp;
use shared_types::id::UserId;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::anonymous_keys::{self, AnonymousKey, kept};
use super::change::LOCK_USER;
use super::login::Charge;
use super::throttles::subject;
use super::{Db, DbError, Statement};
use crate::domain::letter::Kind;
use crate::domain::links::Purpose;
use crate::domain::rate::Rate;

/// A mail that this process has taken on.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its own id.
    pub id: Uuid,
    /// Which letter.
    pub kind: Kind,
    /// Where to.
    pub email: String,
    /// Whose account it is about; `None` where only the address is known.
    pub user: Option<UserId>,
    /// When it was wished for.
    pub created_at: Timestamp,
}

/// Whom a letter is for.
#[derive(Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Whose account it is about.
    pub user: UserId,
    /// As given by whoever made the account.
    pub full_name: Option<String>,
}

/// A link that a letter will carry.
#[derive(Clone, Copy, Debug)]
pub struct NewLink {
    /// What following it does.
    pub purpose: Purpose,
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What a letter that confirms `email` is charged to, whoever wished for it.
pub fn confirmations(email: &str, rate: Rate) -> Charge {
    Charge {
        subject: subject("confirm, e-mail", &[email]),
        rate,
    }
}

/// Takes on the mail that is due the longest, by `mails_due`; `None` when none is. It is due again after a pause that
/// doubles from half a minute: should this process die, or the letter be refused, that is the next try. Meanwhile no
/// other process has it.
///
/// # Errors
/// See [`DbError`].
pub async fn claim_mail(db: &Db, now: Timestamp) -> Result<Option<Mail>, DbError> {
    const SQL: Statement = Statement {
        name: "claim_mail",
        sql: "WITH due AS (
                SELECT id
                FROM mails
                WHERE send_after <= $1
                ORDER BY send_after
                LIMIT 1
                FOR UPDATE SKIP LOCKED
            )
            UPDATE mails
            SET attempts = mails.attempts + 1,
                send_after = $1 + interval '30 seconds' * power(2, least(mails.attempts, 6))
            FROM due
            WHERE mails.id = due.id
            RETURNING mails.id, mails.kind, mails.email, mails.user_id, mails.created_at",
        types: &[Type::TIMESTAMPTZ],
    };
    let Some(row) = db.query_opt(&SQL, &[&now]).await? else {
        return Ok(None);
    };
    let kind: &str = row.try_get("kind")?;
    let kind = Kind::ALL.into_iter().find(|known| known.as_str() == kind);
    Ok(Some(Mail {
        id: row.try_get("id")?,
        kind: kind.ok_or_else(|| DbError::unexpected("mails.kind holds what no release writes"))?,
        email: row.try_get("email")?,
        user: row.try_get::<_, Option<Uuid>>("user_id")?.map(UserId),
        created_at: row.try_get("created_at")?,
    }))
}

/// Whom `mail` is for; `None` when it is for nobody any more: no account has the address of a reset, the account is
/// gone or disabled, the address to confirm is confirmed or has become another's.
///
/// # Errors
/// See [`DbError`].
pub async fn find_recipient(db: &Db, mail: &Mail) -> Result<Option<Recipient>, DbError> {
    const SQL: Statement = Statement {
        name: "find_recipient",
        sql: "SELECT users.user_id, users.full_name
            FROM users
            LEFT JOIN user_emails ON user_emails.email = $3
            WHERE users.user_id = coalesce($1, (SELECT user_id FROM user_emails WHERE email = $3))
                AND users.disabled_at IS NULL
                AND CASE $2
                    WHEN 'confirm' THEN
                        coalesce(user_emails.user_id = users.user_id, true)
                        AND NOT (users.email = $3 AND users.email_confirmed)
                    WHEN 'reset' THEN user_emails.user_id = users.user_id
                    ELSE true
                END",
        types: &[Type::UUID, Type::TEXT, Type::TEXT],
    };
    let user = mail.user.map(|user| user.0);
    let kind = mail.kind.as_str();
    let Some(row) = db.query_opt(&SQL, &[&user, &kind, &mail.email]).await? else {
        return Ok(None);
    };
    Ok(Some(Recipient {
        user: UserId(row.try_get("user_id")?),
        full_name: row.try_get("full_name")?,
    }))
}

/// Makes `link` hold, for the address of `mail`; `false` when the mail was withdrawn meanwhile. Behind the lock of the
/// user's row, as everything that withdraws links: none can be made that they have not seen.
///
/// # Errors
/// See [`DbError`].
pub async fn create_link(
    db: &Db,
    mail: &Mail,
    user: UserId,
    link: &NewLink,
    now: Timestamp,
) -> Result<bool, DbError> {
    const SQL: Statement = Statement {
        name: "create_link",
        sql:
            "INSERT INTO email_tokens (token_hash, user_id, purpose, email, created_at, expires_at)
            SELECT $3, users.user_id, $4, mails.email, $5, $6
            FROM mails
            JOIN users ON users.user_id = $2
            WHERE mails.id = $1
            RETURNING 1",
        types: &[
            Type::UUID,
            Type::UUID,
            Type::BYTEA,
            Type::TEXT,
            Type::TIMESTAMPTZ,
            Type::TIMESTAMPTZ,
        ],
    };
    let token_hash = link.token_hash.as_slice();
    let purpose = link.purpose.as_str();
    let values: [&(dyn ToSql + Sync); 6] = [
        &mail.id,
        &user.0,
        &token_hash,
        &purpose,
        &now,
        &link.expires_at,
    ];
    let rows = db
        .query_after((&LOCK_USER, &[&user.0]), &SQL, &values)
        .await?;
    Ok(!rows.is_empty())
}

/// Forgets a mail: it was sent, or never will be.
///
/// # Errors
/// See [`DbError`].
pub async fn remove_mail(db: &Db, id: Uuid) -> Result<(), DbError> {
    const SQL: Statement = Statement {
        name: "remove_mail",
        sql: "DELETE FROM mails WHERE id = $1",
        types: &[Type::UUID],
    };
    db.query(&SQL, &[&id]).await.map(|_| ())
}

/// Wishes for a link that sets a new password, whether or not `email` is anybody's: that is looked up when the letter
/// is written, so that neither the answer nor its time tells. The answer is kept under `key`; one that is there already
/// violates `anonymous_keys_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn request_reset(
    db: &Db,
    id: Uuid,
    email: &str,
    key: Option<&AnonymousKey>,
    now: Timestamp,
) -> Result<(), DbError> {
    const SQL: Statement = Statement {
        name: "request_reset",
        sql: concat!(
            "WITH wish AS (
                INSERT INTO mails (id, kind, email, created_at, send_after)
                VALUES ($1, 'reset', $2, $3, $3)
                RETURNING 1
            ), ",
            kept!("$4", "$5", "NULL", "NULL", "wish"),
            "
            SELECT FROM wish"
        ),
        types: &[
            Type::UUID,
            Type::TEXT,
            Type::TIMESTAMPTZ,
            Type::BYTEA,
            Type::BYTEA,
        ],
    };
    let (subject, request_hash) = anonymous_keys::values(key);
    let values: [&(dyn ToSql + Sync); 5] = [&id, &email, &now, &subject, &request_hash];
    db.query(&SQL, &values).await.map(|_| ())
}
