//! Calls that are repeated because their answer was lost, by callers who give no key of their own: a language model
//! just calls again.
//!
//! Such a call is run under a key made of what it says. That key holds while the call may be a repeat: for some minutes,
//! and as long as nothing else has touched the tasks that it changed. After that an equal call is a new one, and the key
//! is forgotten before it is run. Two at the same time run under one key, so the later one gets the earlier's answer.

use jiff::Timestamp;
use tokio_postgres::types::Type;

use super::{Caller, Db, DbError, Statement};

/// Forgets the answer that is kept under the caller's `key`, unless a call of now may be a repeat of the one that it
/// answered, which was not before `since`.
///
/// The answer is the text of a JSON document that names its change, as changes of several statements keep it. By
/// `idempotency_keys_pkey`, `history_pkey` and `history_newest`.
///
/// # Errors
/// See [`DbError`].
pub async fn forget_unless_repeated(
    db: &Db,
    caller: &Caller,
    key: &str,
    since: Timestamp,
) -> Result<(), DbError> {
    const SQL: Statement = Statement {
        name: "forget_unless_repeated",
        sql: concat!(
            "WITH ",
            crate::credential!(),
            "
            DELETE FROM idempotency_keys AS kept
            USING credential
            WHERE kept.user_id = $1
                AND kept.key = $5
                AND (
                    kept.answered_at < $6
                    OR EXISTS (
                        SELECT
                        FROM history AS own
                        JOIN history AS later
                            ON later.user_id = $1
                            AND later.version > own.version
                            AND later.task_id = own.task_id
                        WHERE own.user_id = $1
                            AND own.change_id = ((kept.answer #>> '{}')::jsonb ->> 'change_id')::uuid
                    )
                )"
        ),
        types: &[
            Type::UUID,
            Type::UUID,
            Type::INT8,
            Type::TIMESTAMPTZ,
            Type::TEXT,
            Type::TIMESTAMPTZ,
        ],
    };
    let [user, credential, generation, now] = caller.values();
    db.query_opt(&SQL, &[user, credential, generation, now, &key, &since])
        .await?;
    Ok(())
}
