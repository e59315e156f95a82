//! The end of an account: everything of it at once.

use shared_types::gate::GateEffects;
use shared_types::id::UserId;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::gate_effects::{Telling, effects, told};
use super::{Caller, Db, DbError, Statement};

/// Locks the user's row against everything, also against new rows that refer to it: a login that is under way ends
/// before the removal sees what there is, or finds nobody.
const LOCK: Statement = Statement {
    name: "lock_user_whole",
    sql: "SELECT FROM users WHERE user_id = $1 FOR UPDATE",
    types: &[Type::UUID],
};

/// Removes the user of the row of `doomed`, a common table expression before this, whom `$1` names too. What refers to
/// the user's row goes with it (ON DELETE CASCADE); what is searched by other keys is named here. `$id` and `$at` are
/// the parameters of a [`Telling`].
macro_rules! removal {
    ($id:literal, $at:literal) => {
        concat!(
            "removed AS (
                DELETE FROM users
                USING doomed
                WHERE users.user_id = $1 AND doomed.outcome = 'done'
                RETURNING users.user_id, users.email, users.version + 1 AS version, NULL::bigint AS generation,
                    NULL::jsonb AS revoke, true AS purge
            ), address AS (
                DELETE FROM user_emails
                USING removed
                WHERE user_emails.email = removed.email AND user_emails.user_id = $1
            ), refresh AS (
                DELETE FROM refresh_tokens
                USING removed
                WHERE refresh_tokens.user_id = $1
            ), codes AS (
                DELETE FROM oauth_codes
                USING removed
                WHERE oauth_codes.user_id = $1
            ), links AS (
                DELETE FROM email_tokens
                USING removed
                WHERE email_tokens.user_id = $1
            ), answers AS (
                DELETE FROM anonymous_keys
                USING removed
                WHERE anonymous_keys.user_id = $1
            ), letters AS (
                DELETE FROM mails
                USING removed
                WHERE mails.user_id = $1 OR (mails.user_id IS NULL AND mails.email = removed.email)
            ), ",
            told!("removed", $id, $at),
            "
            SELECT doomed.outcome, coalesce(removed.version, doomed.version) AS version, told.effects,
                doomed.by_cookie
            FROM doomed
            LEFT JOIN removed ON true
            LEFT JOIN told ON true"
        )
    };
}

/// What came of a removal, and the user's version after it.
#[derive(Debug)]
pub struct Removed {
    /// What the gate must know; `None` when the account has none of the versions asked for, and is still there.
    pub effects: Option<GateEffects>,
    /// `Mindflow-Version`.
    pub version: i64,
    /// Whether the caller has shown a cookie.
    pub by_cookie: bool,
}

/// Removes the caller's account, if it has one of `versions`; `None` when the credential does not hold.
///
/// # Errors
/// See [`DbError`].
pub async fn remove_me(
    db: &Db,
    caller: &Caller,
    versions: Option<&Vec<i64>>,
    telling: &Telling,
) -> Result<Option<Removed>, DbError> {
    const SQL: Statement = Statement {
        name: "remove_me",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            ", doomed AS (
                SELECT version, kind = 'cookie' AS by_cookie,
                    CASE WHEN version <> ALL ($7) THEN 'other_version' ELSE 'done' END AS outcome
                FROM credential
            ), ",
            removal!("$5", "$6")
        ),
        types: &[
            Type::UUID,
            Type::UUID,
            Type::INT8,
            Type::TIMESTAMPTZ,
            Type::UUID,
            Type::TIMESTAMPTZ,
            Type::INT8_ARRAY,
        ],
    };
    let [user, credential, generation, now] = caller.values();
    let values: [&(dyn ToSql + Sync); 7] = [
        user,
        credential,
        generation,
        now,
        &telling.id,
        &telling.at,
        &versions,
    ];
    let rows = db.query_after((&LOCK, &[user]), &SQL, &values).await?;
    rows.first().map(removed).transpose()
}

/// Removes an account on behalf of the operator; `None` when there is none.
///
/// # Errors
/// See [`DbError`].
pub async fn remove_user(
    db: &Db,
    user: UserId,
    telling: &Telling,
) -> Result<Option<Removed>, DbError> {
    const SQL: Statement = Statement {
        name: "remove_user",
        sql: concat!(
            "WITH doomed AS (
                SELECT version, 'done' AS outcome, false AS by_cookie
                FROM users
                WHERE user_id = $1
            ), ",
            removal!("$2", "$3")
        ),
        types: &[Type::UUID, Type::UUID, Type::TIMESTAMPTZ],
    };
    let values: [&(dyn ToSql + Sync); 3] = [&user.0, &telling.id, &telling.at];
    let rows = db.query_after((&LOCK, &[&user.0]), &SQL, &values).await?;
    rows.first().map(removed).transpose()
}

fn removed(row: &Row) -> Result<Removed, DbError> {
    Ok(Removed {
        effects: effects(row)?,
        version: row.try_get("version")?,
        by_cookie: row.try_get("by_cookie")?,
    })
}
