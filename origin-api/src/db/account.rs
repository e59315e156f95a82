//! Changes of one's own account.
//!
//! They are rare, and whatever ends links runs behind the lock of the user's row (`db/recovery.rs`), so they all do.

use jiff::Timestamp;
use shared_types::account::User;
use shared_types::gate::GateEffects;
use shared_types::id::UserId;
use shared_types::patch::Patch;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::change::{self, replay, replay_verdict};
use super::gate_effects::{Telling, effects, told};
use super::{Caller, Db, DbError, Statement, Terms};

/// What a change that needs the password is decided by.
pub struct Own {
    /// A PHC string.
    pub password_hash: String,
    /// The address so far.
    pub email: String,
    /// Whether it is confirmed.
    pub email_confirmed: bool,
    /// An answer is kept under the key: the request was applied before, perhaps with the password of then.
    pub is_repeat: bool,
}

/// What changes. What is absent or `None` stays.
#[derive(Debug, Default)]
pub struct AccountChange<'a> {
    /// The name.
    pub full_name: Patch<String>,
    /// A new password.
    pub password: Option<NewPassword<'a>>,
    /// The address that is wanted, be it the present one: links to any other, wanted before, move the account no more.
    pub wanted_email: Option<&'a str>,
    /// An address to which a link is to be sent, and the id of that mail.
    pub email: Option<(&'a str, Uuid)>,
}

/// A new password, and what the session that sets it goes on with.
#[derive(Debug)]
pub struct NewPassword<'a> {
    /// A PHC string.
    pub password_hash: &'a str,
    /// SHA-256 of the session's new refresh token, for one that has such.
    pub refresh_hash: [u8; 32],
    /// The id of the mail that says so, where mail is sent.
    pub notice: Option<Uuid>,
}

/// What came of a change, and the user's version after it.
#[derive(Debug)]
pub struct Changed {
    /// What came of it.
    pub outcome: Outcome,
    /// `Mindflow-Version`.
    pub version: i64,
}

/// What came of a change.
#[derive(Debug)]
pub enum Outcome {
    /// It was applied, or there was nothing to change.
    Done(User, Option<Renewed>),
    /// It had been applied before, under this key: the account as it was answered then.
    Replayed(User),
    /// The key was used for another request; nothing was changed.
    KeyReused,
    /// The account has none of the versions asked for; nothing was changed.
    OtherVersion,
}

/// The caller's session after a change of the password, the only one that is left.
#[derive(Debug)]
pub struct Renewed {
    /// The user's generation, raised.
    pub generation: i64,
    /// Whether it is the dashboard's.
    pub is_cookie: bool,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What the gate must know.
    pub effects: Option<GateEffects>,
}

/// What decides about a change that needs the password; `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn find_own(db: &Db, caller: &Caller, terms: &Terms) -> Result<Option<Own>, DbError> {
    const SQL: Statement = Statement {
        name: "find_own",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            "
            SELECT users.password_hash, users.email, users.email_confirmed,
                EXISTS (SELECT FROM idempotency_keys WHERE user_id = $1 AND key = $5) AS is_repeat
            FROM credential
            JOIN users ON users.user_id = credential.user_id
            WHERE users.user_id = $1"
        ),
        types: &[
            Type::UUID,
            Type::UUID,
            Type::INT8,
            Type::TIMESTAMPTZ,
            Type::TEXT,
        ],
    };
    let key = terms.key.as_ref().map(|key| key.key.as_str());
    let [user, credential, generation, now] = caller.values();
    let values = [user, credential, generation, now, &key];
    let Some(row) = db.query_opt(&SQL, &values).await? else {
        return Ok(None);
    };
    Ok(Some(Own {
        password_hash: row.try_get("password_hash")?,
        email: row.try_get("email")?,
        email_confirmed: row.try_get("email_confirmed")?,
        is_repeat: row.try_get("is_repeat")?,
    }))
}

/// `$7` are the versions accepted, or null; `$8` says whether `$9` is the name to be; `$10` is the new password's
/// hash, or null, `$11` the session's new refresh token, `$12` the id of the mail about it; `$13` an address to
/// confirm, or null, `$14` the id of that mail; `$15` and `$16` are a [`Telling`].
///
/// With the password all credentials end but the caller's session, which goes on in the new generation. So do links
/// that set a password or move the account: whoever knew the old password may have asked for them. A wish for an address
/// (`$17`) takes the place of the one before: its link may have gone to a stranger, by a slip of the hand.
const CHANGE: Statement = Statement {
    name: "change_account",
    sql: concat!(
        "WITH ", crate::credential!(), ", ", replay!(), ", found AS (
            SELECT users.version, users.email, users.email_confirmed, users.full_name, users.created_at
            FROM users, credential
            WHERE users.user_id = $1
        ), verdict AS (
            SELECT CASE
                ", replay_verdict!(), "
                WHEN found.version <> ALL ($7) THEN 'other_version'
                WHEN $10 IS NOT NULL OR $13 IS NOT NULL OR ($8 AND found.full_name IS DISTINCT FROM $9) THEN 'apply'
                ELSE 'unchanged'
            END AS outcome
            FROM found
        ), applied AS (
            UPDATE users
            SET full_name = CASE WHEN $8 THEN $9 ELSE users.full_name END,
                password_hash = coalesce($10, users.password_hash),
                generation = users.generation + CASE WHEN $10 IS NULL THEN 0 ELSE 1 END,
                version = users.version + 1
            FROM verdict
            WHERE users.user_id = $1 AND users.generation = $3 AND verdict.outcome = 'apply'
            RETURNING users.user_id, users.version, users.generation, users.email, users.email_confirmed,
                users.full_name, users.created_at
        ), secured AS (
            SELECT user_id, version, generation, email, NULL::jsonb AS revoke, false AS purge
            FROM applied
            WHERE $10 IS NOT NULL
        ), ended AS (
            UPDATE sessions
            SET revoked_at = $16
            FROM secured
            WHERE sessions.user_id = $1 AND sessions.id <> $2 AND sessions.revoked_at IS NULL
        ), renewed AS (
            UPDATE sessions
            SET generation = secured.generation
            FROM secured
            WHERE sessions.user_id = $1 AND sessions.id = $2
            RETURNING secured.generation, sessions.kind, sessions.expires_at
        ), forgotten AS (
            DELETE FROM refresh_tokens
            USING secured
            WHERE refresh_tokens.user_id = $1
        ), refresh AS (
            INSERT INTO refresh_tokens (token_hash, user_id, session_id, created_at, expires_at)
            SELECT $11, $1, $2, $16, renewed.expires_at
            FROM renewed
            WHERE renewed.kind = 'token'
        ), withdrawn AS (
            DELETE FROM email_tokens
            USING found, verdict
            WHERE email_tokens.user_id = $1
                AND verdict.outcome IN ('apply', 'unchanged')
                AND CASE
                    WHEN $10 IS NOT NULL THEN email_tokens.purpose = 'reset' OR email_tokens.email <> found.email
                    ELSE email_tokens.purpose = 'confirm' AND email_tokens.email NOT IN (found.email, $17)
                END
        ), unsent AS (
            DELETE FROM mails
            USING found, verdict
            WHERE mails.user_id = $1
                AND mails.kind = 'confirm'
                AND verdict.outcome IN ('apply', 'unchanged')
                AND CASE
                    WHEN $10 IS NOT NULL THEN mails.email <> found.email
                    ELSE mails.email NOT IN (found.email, $17)
                END
        ), notice AS (
            INSERT INTO mails (id, kind, email, user_id, created_at, send_after)
            SELECT $12, 'password_changed', secured.email, $1, $16, $16
            FROM secured
            WHERE $12 IS NOT NULL
        ), confirm AS (
            INSERT INTO mails (id, kind, email, user_id, created_at, send_after)
            SELECT $14, 'confirm', $13, $1, $16, $16
            FROM applied
            WHERE $13 IS NOT NULL
        ), kept AS (
            INSERT INTO idempotency_keys (user_id, key, request_hash, answer, answered_at)
            SELECT $1, $5, $6, to_jsonb(applied), $4
            FROM applied
            WHERE $5 IS NOT NULL
        ), ", told!("secured", "$15", "$16"), ", answer AS (
            SELECT email, email_confirmed, full_name, created_at
            FROM applied
            UNION ALL
            SELECT found.email, found.email_confirmed, found.full_name, found.created_at
            FROM found, verdict
            WHERE verdict.outcome = 'unchanged'
            UNION ALL
            SELECT kept_user.email, kept_user.email_confirmed, kept_user.full_name, kept_user.created_at
            FROM replay, jsonb_populate_record(NULL::users, replay.answer) AS kept_user
            WHERE replay.is_same
        )
        SELECT
            CASE
                WHEN verdict.outcome = 'apply' AND applied.version IS NOT NULL THEN 'done'
                ELSE verdict.outcome
            END AS outcome,
            coalesce(applied.version, credential.version) AS version,
            answer.email, answer.email_confirmed, answer.full_name, answer.created_at,
            renewed.generation, renewed.kind = 'cookie' AS is_cookie, renewed.expires_at, told.effects
        FROM credential
        CROSS JOIN verdict
        LEFT JOIN applied ON true
        LEFT JOIN answer ON true
        LEFT JOIN renewed ON true
        LEFT JOIN told ON true"
    ),
    types: &[
        Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::TEXT, Type::BYTEA, Type::INT8_ARRAY, Type::BOOL,
        Type::TEXT, Type::TEXT, Type::BYTEA, Type::UUID, Type::TEXT, Type::UUID, Type::UUID, Type::TIMESTAMPTZ,
        Type::TEXT,
    ],
};

/// Changes the caller's account on the given terms; `None` when the credential does not hold. Changing nothing raises
/// no version.
///
/// # Errors
/// See [`DbError`].
pub async fn change_account(
    db: &Db,
    caller: &Caller,
    terms: &Terms,
    change: &AccountChange<'_>,
    telling: &Telling,
) -> Result<Option<Changed>, DbError> {
    let password = change.password.as_ref();
    let values: [&(dyn ToSql + Sync); 11] = [
        &terms.versions,
        &!change.full_name.is_absent(),
        &change.full_name.value(),
        &password.map(|new| new.password_hash),
        &password.map(|new| new.refresh_hash.as_slice()),
        &password.and_then(|new| new.notice),
        &change.email.map(|(email, _)| email),
        &change.email.map(|(_, mail)| mail),
        &telling.id,
        &telling.at,
        &change.wanted_email,
    ];
    let rows = change::run_locked(db, caller, terms.key.as_ref(), &CHANGE, &values).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let outcome = match row.try_get(0)? {
        "done" | "unchanged" => Outcome::Done(user(row, caller.user)?, renewed(row)?),
        "replayed" => Outcome::Replayed(user(row, caller.user)?),
        "key_reused" => Outcome::KeyReused,
        "other_version" => Outcome::OtherVersion,
        outcome => {
            let what = format!("a change of an account gave {outcome}");
            return Err(DbError::unexpected(what));
        }
    };
    Ok(Some(Changed {
        outcome,
        version: row.try_get("version")?,
    }))
}

/// Reads a user from columns of the table's names.
pub(super) fn user(row: &Row, id: UserId) -> Result<User, DbError> {
    Ok(User {
        id,
        email: row.try_get("email")?,
        email_confirmed: row.try_get("email_confirmed")?,
        full_name: row.try_get("full_name")?,
        created_at: row.try_get("created_at")?,
    })
}

fn renewed(row: &Row) -> Result<Option<Renewed>, DbError> {
    let Some(generation) = row.try_get("generation")? else {
        return Ok(None);
    };
    Ok(Some(Renewed {
        generation,
        is_cookie: row.try_get("is_cookie")?,
        expires_at: row.try_get("expires_at")?,
        effects: effects(row)?,
    }))
}
