//! What the operator does to accounts, in place of their users. No credential stands behind these statements: only
//! `origin-api admin` runs them, for whoever can read the database's password.
//!
//! A list of accounts names no user, for it is of all; it is bounded, and follows `users_pkey`.

use jiff::Timestamp;
use jiff::civil::Date;
use shared_types::gate::GateEffects;
use shared_types::id::UserId;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::change::LOCK_USER;
use super::gate_effects::{Telling, effects, told};
use super::mails::NewLink;
use super::{Db, DbError, Statement};

/// An account, as the operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whose it is.
    pub user: UserId,
    /// Lower-case.
    pub email: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it is disabled.
    pub disabled_at: Option<Timestamp>,
    /// The last day (UTC) on which one of its credentials was used, as far as they are still kept.
    pub last_used_on: Option<Date>,
}

/// How an account is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// By its id.
    Id(UserId),
    /// By its address.
    Email(String),
}

impl Wanted {
    /// A UUID is an id, anything else an address.
    pub fn parse(text: &str) -> Self {
        UserId::parse(text).map_or_else(|| Self::Email(text.trim().to_lowercase()), Self::Id)
    }
}

/// What was changed, and what the gate must know of it.
#[derive(Debug)]
pub struct Changed {
    /// `Mindflow-Version` after it.
    pub version: i64,
    /// `None` where the gate knows enough.
    pub effects: Option<GateEffects>,
}

/// The columns that [`account`] reads.
macro_rules! account_columns {
    () => {
        "users.user_id, users.email, users.created_at, users.disabled_at,
            (SELECT max(sessions.last_used_on) FROM sessions WHERE sessions.user_id = users.user_id) AS last_used_on"
    };
}

fn account(row: &Row) -> Result<Account, DbError> {
    Ok(Account {
        user: UserId(row.try_get("user_id")?),
        email: row.try_get("email")?,
        created_at: row.try_get("created_at")?,
        disabled_at: row.try_get("disabled_at")?,
        last_used_on: row.try_get("last_used_on")?,
    })
}

/// Up to `most` accounts that follow `after`, in the order in which they were made.
///
/// # Errors
/// See [`DbError`].
pub async fn list_accounts(
    db: &Db,
    after: Option<UserId>,
    most: i64,
) -> Result<Vec<Account>, DbError> {
    const SQL: Statement = Statement {
        name: "list_accounts",
        sql: concat!(
            "SELECT ",
            account_columns!(),
            "
            FROM users
            WHERE users.user_id > $1
            ORDER BY users.user_id
            LIMIT $2"
        ),
        types: &[Type::UUID, Type::INT8],
    };
    let after = after.map_or(Uuid::nil(), |user| user.0);
    let rows = db.query(&SQL, &[&after, &most]).await?;
    rows.iter().map(account).collect()
}

/// The account that is meant, by `users_pkey` and `user_emails_pkey`.
///
/// # Errors
/// See [`DbError`].
pub async fn find_account(db: &Db, wanted: &Wanted) -> Result<Option<Account>, DbError> {
    const SQL: Statement = Statement {
        name: "find_account",
        sql: concat!(
            "SELECT ", account_columns!(), "
            FROM users
            WHERE users.user_id = coalesce($1, (SELECT user_emails.user_id FROM user_emails WHERE user_emails.email = $2))"
        ),
        types: &[Type::UUID, Type::TEXT],
    };
    let (id, email) = match wanted {
        Wanted::Id(user) => (Some(user.0), None),
        Wanted::Email(email) => (None, Some(email)),
    };
    let row = db.query_opt(&SQL, &[&id, &email]).await?;
    row.as_ref().map(account).transpose()
}

/// Disables an account: nothing of it holds any more, nobody can log in, and what was signed before holds never again,
/// nor does a link of before, which somebody else may have asked for.
/// `None` when it is disabled already, or gone.
///
/// # Errors
/// See [`DbError`].
pub async fn disable_account(
    db: &Db,
    user: UserId,
    telling: &Telling,
) -> Result<Option<Changed>, DbError> {
    const SQL: Statement = Statement {
        name: "disable_account",
        sql: concat!(
            "WITH changed AS (
                UPDATE users
                SET disabled_at = $3, generation = users.generation + 1, version = users.version + 1
                WHERE users.user_id = $1 AND users.disabled_at IS NULL
                RETURNING users.user_id, users.version, users.generation, NULL::jsonb AS revoke, false AS purge
            ), withdrawn AS (
                DELETE FROM email_tokens
                USING changed
                WHERE email_tokens.user_id = $1
            ), unsent AS (
                DELETE FROM mails
                USING changed
                WHERE mails.user_id = $1 AND mails.kind = 'confirm'
            ), ",
            told!("changed", "$2", "$3"),
            "
            SELECT changed.version, told.effects
            FROM changed
            CROSS JOIN told"
        ),
        types: &[Type::UUID, Type::UUID, Type::TIMESTAMPTZ],
    };
    let values: [&(dyn ToSql + Sync); 3] = [&user.0, &telling.id, &telling.at];
    changed(db, user, &SQL, &values).await
}

/// Enables an account again: its user can log in. `None` when it is not disabled, or gone. The gate need not know, since
/// what it refuses stays refused.
///
/// # Errors
/// See [`DbError`].
pub async fn enable_account(db: &Db, user: UserId) -> Result<Option<Changed>, DbError> {
    const SQL: Statement = Statement {
        name: "enable_account",
        sql: "UPDATE users
            SET disabled_at = NULL, version = users.version + 1
            WHERE users.user_id = $1 AND users.disabled_at IS NOT NULL
            RETURNING users.version, NULL::jsonb AS effects",
        types: &[Type::UUID],
    };
    changed(db, user, &SQL, &[&user.0]).await
}

/// How somebody gets back into an account that was reset.
#[derive(Clone, Copy, Debug)]
pub enum WayBack {
    /// By a letter with this id, whose link is made when it is sent.
    Mail(Uuid),
    /// By this link, which the operator hands over.
    Link(NewLink),
}

/// Ends everything of an account: its credentials, its password (`password_hash` is of one that nobody knows) and every
/// link; and opens one way back. `None` when it is gone.
///
/// # Errors
/// See [`DbError`].
pub async fn reset_account(
    db: &Db,
    user: UserId,
    password_hash: &str,
    way_back: &WayBack,
    telling: &Telling,
) -> Result<Option<Changed>, DbError> {
    const SQL: Statement = Statement {
        name: "reset_account",
        sql: concat!(
            "WITH changed AS (
                UPDATE users
                SET password_hash = $4, generation = users.generation + 1, version = users.version + 1
                WHERE users.user_id = $1
                RETURNING users.user_id, users.email, users.version, users.generation, NULL::jsonb AS revoke,
                    false AS purge
            ), ended AS (
                UPDATE sessions
                SET revoked_at = $3
                FROM changed
                WHERE sessions.user_id = $1 AND sessions.revoked_at IS NULL
            ), forgotten AS (
                DELETE FROM refresh_tokens
                USING changed
                WHERE refresh_tokens.user_id = $1
            ), withdrawn AS (
                DELETE FROM email_tokens
                USING changed
                WHERE email_tokens.user_id = $1
            ), unsent AS (
                DELETE FROM mails
                USING changed
                WHERE mails.user_id = $1 AND mails.kind = 'confirm'
            ), letter AS (
                INSERT INTO mails (id, kind, email, user_id, created_at, send_after)
                SELECT $5, 'reset', email, user_id, $3, $3
                FROM changed
                WHERE $5 IS NOT NULL
            ), link AS (
                INSERT INTO email_tokens (token_hash, user_id, purpose, email, created_at, expires_at)
                SELECT $6, user_id, 'reset', email, $3, $7
                FROM changed
                WHERE $6 IS NOT NULL
            ), ",
            told!("changed", "$2", "$3"),
            "
            SELECT changed.version, told.effects
            FROM changed
            CROSS JOIN told"
        ),
        types: &[
            Type::UUID,
            Type::UUID,
            Type::TIMESTAMPTZ,
            Type::TEXT,
            Type::UUID,
            Type::BYTEA,
            Type::TIMESTAMPTZ,
        ],
    };
    let (letter, link) = match way_back {
        WayBack::Mail(id) => (Some(id), None),
        WayBack::Link(link) => (None, Some(link)),
    };
    let token_hash = link.map(|link| link.token_hash.as_slice());
    let expires_at = link.map(|link| link.expires_at);
    let values: [&(dyn ToSql + Sync); 7] = [
        &user.0,
        &telling.id,
        &telling.at,
        &password_hash,
        &letter,
        &token_hash,
        &expires_at,
    ];
    changed(db, user, &SQL, &values).await
}

/// Runs a change behind the lock of the user's row, so that of two at once the second sees all that the first did.
async fn changed(
    db: &Db,
    user: UserId,
    statement: &Statement,
    values: &super::Values<'_>,
) -> Result<Option<Changed>, DbError> {
    let rows = db
        .query_after((&LOCK_USER, &[&user.0]), statement, values)
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    Ok(Some(Changed {
        version: row.try_get("version")?,
        effects: effects(row)?,
    }))
}
