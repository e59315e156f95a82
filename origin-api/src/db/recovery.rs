//! What the links that were sent by mail do. Whoever follows one has no credential: the link's token is the proof, and
//! each works once.
//!
//! Whatever makes, uses or withdraws a link runs behind the lock of the user's row, so that of two at once the second
//! sees all that the first did.

use jiff::Timestamp;
use shared_types::gate::GateEffects;
use shared_types::id::UserId;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::anonymous_keys::{self, AnonymousKey, kept};
use super::change::LOCK_USER;
use super::gate_effects::{Telling, effects, told};
use super::{Db, DbError, Statement};
use crate::domain::links::Purpose;

/// A link that holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Link {
    /// Whose it is.
    pub user: UserId,
    /// The address that it was sent to.
    pub email: String,
}

/// What a link changed.
#[derive(Debug)]
pub struct Followed {
    /// `Mindflow-Version` after it.
    pub version: i64,
    /// What the gate must know.
    pub effects: Option<GateEffects>,
}

/// What came of a confirmation.
#[derive(Debug)]
pub enum Confirmation {
    /// The address is the account's, and confirmed. `None` where it was before.
    Done(Option<Followed>),
    /// The address has become another account's; the link is used up.
    Taken,
}

/// A password that takes the place of a forgotten one.
#[derive(Debug)]
pub struct NewPassword<'a> {
    /// SHA-256 of the link's token.
    pub token_hash: [u8; 32],
    /// A PHC string.
    pub password_hash: &'a str,
    /// From where the link was followed, as `known_addresses` has it, if that is known.
    pub address_hash: Option<[u8; 32]>,
    /// The id of the mail that says so, where mail is sent.
    pub notice: Option<Uuid>,
    /// Under what the answer is kept.
    pub key: Option<&'a AnonymousKey>,
}

/// The link with this token; `None` when it was used or has ended, when the account is gone, disabled, or, for a
/// reset, has another address now. By `email_tokens_pkey` and `users_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn find_link(
    db: &Db,
    token_hash: &[u8; 32],
    purpose: Purpose,
    now: Timestamp,
) -> Result<Option<Link>, DbError> {
    const SQL: Statement = Statement {
        name: "find_link",
        sql: "SELECT email_tokens.user_id, email_tokens.email
            FROM email_tokens
            JOIN users ON users.user_id = email_tokens.user_id
            WHERE email_tokens.token_hash = $1
                AND email_tokens.purpose = $2
                AND email_tokens.expires_at > $3
                AND users.disabled_at IS NULL
                AND (email_tokens.purpose = 'confirm' OR users.email = email_tokens.email)",
        types: &[Type::BYTEA, Type::TEXT, Type::TIMESTAMPTZ],
    };
    let values: [&(dyn ToSql + Sync); 3] = [&token_hash.as_slice(), &purpose.as_str(), &now];
    let Some(row) = db.query_opt(&SQL, &values).await? else {
        return Ok(None);
    };
    Ok(Some(Link {
        user: UserId(row.try_get("user_id")?),
        email: row.try_get("email")?,
    }))
}

/// Sets a new password by a link, ends every credential of the user, and withdraws every other link; `None` when the
/// link does not hold any more. Who followed it reads the mail of its address, so that is confirmed.
///
/// # Errors
/// See [`DbError`].
pub async fn reset_password(
    db: &Db,
    user: UserId,
    new: &NewPassword<'_>,
    telling: &Telling,
) -> Result<Option<Followed>, DbError> {
    const SQL: Statement = Statement {
        name: "reset_password",
        sql: concat!(
            "WITH link AS (
                DELETE FROM email_tokens
                WHERE token_hash = $2 AND user_id = $1 AND purpose = 'reset' AND expires_at > $4
                RETURNING email
            ), changed AS (
                UPDATE users
                SET password_hash = $5, email_confirmed = true, generation = users.generation + 1,
                    version = users.version + 1
                FROM link
                WHERE users.user_id = $1 AND users.email = link.email AND users.disabled_at IS NULL
                RETURNING users.user_id, users.email, users.version, users.generation, NULL::jsonb AS revoke,
                    false AS purge
            ), ended AS (
                UPDATE sessions
                SET revoked_at = $4
                FROM changed
                WHERE sessions.user_id = $1 AND sessions.revoked_at IS NULL
            ), forgotten AS (
                DELETE FROM refresh_tokens
                USING changed
                WHERE refresh_tokens.user_id = $1
            ), withdrawn AS (
                DELETE FROM email_tokens
                USING changed
                WHERE email_tokens.user_id = $1 AND email_tokens.token_hash <> $2
            ), unsent AS (
                DELETE FROM mails
                USING changed
                WHERE mails.user_id = $1 AND mails.kind = 'confirm'
            ), known AS (
                INSERT INTO known_addresses (user_id, address_hash, last_login_at)
                SELECT user_id, $6, $4
                FROM changed
                WHERE $6 IS NOT NULL
                ON CONFLICT (user_id, address_hash) DO UPDATE
                SET last_login_at = excluded.last_login_at
            ), notice AS (
                INSERT INTO mails (id, kind, email, user_id, created_at, send_after)
                SELECT $7, 'password_changed', email, user_id, $4, $4
                FROM changed
                WHERE $7 IS NOT NULL
            ), ",
            told!("changed", "$3", "$4"),
            ", ",
            kept!("$8", "$9", "$1", "told.effects", "told"),
            "
            SELECT changed.version, told.effects
            FROM changed
            CROSS JOIN told"
        ),
        types: &[
            Type::UUID,
            Type::BYTEA,
            Type::UUID,
            Type::TIMESTAMPTZ,
            Type::TEXT,
            Type::BYTEA,
            Type::UUID,
            Type::BYTEA,
            Type::BYTEA,
        ],
    };
    let token_hash = new.token_hash.as_slice();
    let address_hash = new.address_hash.as_ref().map(<[u8; 32]>::as_slice);
    let (subject, request_hash) = anonymous_keys::values(new.key);
    let values: [&(dyn ToSql + Sync); 9] = [
        &user.0,
        &token_hash,
        &telling.id,
        &telling.at,
        &new.password_hash,
        &address_hash,
        &new.notice,
        &subject,
        &request_hash,
    ];
    let rows = db
        .query_after((&LOCK_USER, &[&user.0]), &SQL, &values)
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(Followed {
        version: row.try_get("version")?,
        effects: effects(row)?,
    }))
}

/// Confirms the address that a link was sent to; where it is not the account's yet, the account moves there, and every
/// other link is withdrawn. `None` when the link does not hold any more. `notice` is the id of the mail that tells the
/// address so far, where mail is sent; the answer is kept under `key`.
///
/// # Errors
/// See [`DbError`].
pub async fn confirm_email(
    db: &Db,
    user: UserId,
    token_hash: &[u8; 32],
    notice: Option<Uuid>,
    key: Option<&AnonymousKey>,
    telling: &Telling,
) -> Result<Option<Confirmation>, DbError> {
    const SQL: Statement = Statement {
        name: "confirm_email",
        sql: concat!(
            "WITH link AS (
                DELETE FROM email_tokens
                WHERE token_hash = $2 AND user_id = $1 AND purpose = 'confirm' AND expires_at > $4
                RETURNING email
            ), verdict AS (
                SELECT link.email, users.email AS before, CASE
                    WHEN EXISTS (
                        SELECT
                        FROM user_emails
                        WHERE user_emails.email = link.email AND user_emails.user_id <> $1
                    ) THEN 'taken'
                    WHEN users.email = link.email AND users.email_confirmed THEN 'unchanged'
                    ELSE 'done'
                END AS outcome
                FROM link, users
                WHERE users.user_id = $1 AND users.disabled_at IS NULL
            ), changed AS (
                UPDATE users
                SET email = verdict.email, email_confirmed = true, version = users.version + 1
                FROM verdict
                WHERE users.user_id = $1 AND verdict.outcome = 'done'
                RETURNING users.user_id, users.version, NULL::bigint AS generation, NULL::jsonb AS revoke,
                    false AS purge, verdict.before, verdict.email <> verdict.before AS is_moved
            ), address AS (
                UPDATE user_emails
                SET email = verdict.email
                FROM verdict, changed
                WHERE changed.is_moved AND user_emails.email = verdict.before AND user_emails.user_id = $1
            ), withdrawn AS (
                DELETE FROM email_tokens
                USING changed
                WHERE changed.is_moved AND email_tokens.user_id = $1 AND email_tokens.token_hash <> $2
            ), unsent AS (
                DELETE FROM mails
                USING changed
                WHERE changed.is_moved AND mails.user_id = $1 AND mails.kind = 'confirm'
            ), notice AS (
                INSERT INTO mails (id, kind, email, user_id, created_at, send_after)
                SELECT $5, 'email_changed', before, user_id, $4, $4
                FROM changed
                WHERE is_moved AND $5 IS NOT NULL
            ), ",
            told!("changed", "$3", "$4"),
            ", ",
            kept!(
                "$6",
                "$7",
                "$1",
                "told.effects",
                "(SELECT FROM verdict WHERE outcome <> 'taken') AS done LEFT JOIN told ON true"
            ),
            "
            SELECT verdict.outcome, changed.version, told.effects
            FROM verdict
            LEFT JOIN changed ON true
            LEFT JOIN told ON true"
        ),
        types: &[
            Type::UUID,
            Type::BYTEA,
            Type::UUID,
            Type::TIMESTAMPTZ,
            Type::UUID,
            Type::BYTEA,
            Type::BYTEA,
        ],
    };
    let token_hash = token_hash.as_slice();
    let (subject, request_hash) = anonymous_keys::values(key);
    let values: [&(dyn ToSql + Sync); 7] = [
        &user.0,
        &token_hash,
        &telling.id,
        &telling.at,
        &notice,
        &subject,
        &request_hash,
    ];
    let owner: [&(dyn ToSql + Sync); 1] = [&user.0];
    let run = || db.query_after((&LOCK_USER, &owner), &SQL, &values);
    let rows = match run().await {
        // Somebody registers the address at this very moment: once more, to see it and use the link up.
        Err(DbError::Constraint { name, .. }) if name == "user_emails_pkey" => run().await?,
        settled => settled?,
    };
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    match row.try_get(0)? {
        "taken" => Ok(Some(Confirmation::Taken)),
        "unchanged" => Ok(Some(Confirmation::Done(None))),
        _ => Ok(Some(Confirmation::Done(Some(Followed {
            version: row.try_get("version")?,
            effects: effects(row)?,
        })))),
    }
}
