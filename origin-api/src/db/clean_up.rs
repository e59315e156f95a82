//! Removing what nobody can see or use any more, for all users, in small batches.
//!
//! These are the only statements that name no user: they follow indexes by age, take rows that nobody else has
//! locked, and end soon, so that any number of origins can run them beside requests.

use jiff::{SignedDuration, Timestamp};
use tokio_postgres::types::Type;

use super::{Db, DbError, Statement};

/// Rows in a batch.
const BATCH: i64 = 500;
/// How long an answer is kept under its key (contract.md, "Idempotency").
const ANSWERS: SignedDuration = SignedDuration::from_hours(24);
/// How long a deleted task can be restored, and a change undone.
pub(super) const TRASH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long an address stays known after a login from there.
const KNOWN_ADDRESSES: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long a used code is remembered, to know it again.
const CODES: SignedDuration = SignedDuration::from_hours(24);

/// What is removed, and how long after its age began.
struct Waste {
    statement: Statement,
    kept_for: SignedDuration,
}

/// Removes up to `$2` rows of a table that are older than `$1`.
macro_rules! waste {
    ($name:literal, $table:literal, $key:literal, $age:literal, $kept_for:expr) => {
        Waste {
            statement: Statement {
                name: $name,
                sql: concat!(
                    "WITH removed AS (
                        DELETE FROM ",
                    $table,
                    "
                        WHERE (",
                    $key,
                    ") IN (
                            SELECT ",
                    $key,
                    "
                            FROM ",
                    $table,
                    "
                            WHERE ",
                    $age,
                    " < $1
                            ORDER BY ",
                    $age,
                    "
                            LIMIT $2
                            FOR UPDATE SKIP LOCKED
                        )
                        RETURNING 1
                    )
                    SELECT count(*) FROM removed"
                ),
                types: &[Type::TIMESTAMPTZ, Type::INT8],
            },
            kept_for: $kept_for,
        }
    };
}

const WASTE: [Waste; 11] = [
    waste!(
        "clean_up_idempotency_keys",
        "idempotency_keys",
        "user_id, key",
        "created_at",
        ANSWERS
    ),
    waste!(
        "clean_up_anonymous_keys",
        "anonymous_keys",
        "subject",
        "created_at",
        ANSWERS
    ),
    waste!(
        "clean_up_tasks",
        "tasks",
        "user_id, id",
        "deleted_at",
        TRASH
    ),
    waste!(
        "clean_up_history",
        "history",
        "user_id, change_id, task_id",
        "at",
        TRASH
    ),
    waste!(
        "clean_up_sessions",
        "sessions",
        "user_id, id",
        "expires_at",
        SignedDuration::ZERO
    ),
    waste!(
        "clean_up_refresh_tokens",
        "refresh_tokens",
        "token_hash",
        "expires_at",
        SignedDuration::ZERO
    ),
    waste!(
        "clean_up_email_tokens",
        "email_tokens",
        "token_hash",
        "expires_at",
        SignedDuration::ZERO
    ),
    // One whose time has come limits nothing.
    waste!(
        "clean_up_throttles",
        "throttles",
        "subject",
        "arrival",
        SignedDuration::ZERO
    ),
    waste!(
        "clean_up_known_addresses",
        "known_addresses",
        "user_id, address_hash",
        "last_login_at",
        KNOWN_ADDRESSES
    ),
    waste!(
        "clean_up_oauth_codes",
        "oauth_codes",
        "code_hash",
        "created_at",
        CODES
    ),
    // Copies of documents, and registrations that nobody has allowed anything.
    waste!(
        "clean_up_oauth_clients",
        "oauth_clients",
        "client_id",
        "expires_at",
        SignedDuration::ZERO
    ),
];

/// Removes everything whose time is over as of `now`; gives how many rows that were.
///
/// # Errors
/// See [`DbError`]; what was removed before stays removed.
pub async fn clean_up(db: &Db, now: Timestamp) -> Result<i64, DbError> {
    let mut total = 0;
    for waste in &WASTE {
        let before = now
            .checked_sub(waste.kept_for)
            .unwrap_or(Timestamp::UNIX_EPOCH);
        loop {
            let row = db.query_one(&waste.statement, &[&before, &BATCH]).await?;
            let removed: i64 = row.try_get(0)?;
            total += removed;
            if removed < BATCH {
                break;
            }
        }
    }
    Ok(total)
}
